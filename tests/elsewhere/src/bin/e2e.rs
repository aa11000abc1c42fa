//! The command line of the harness, which knows how to start the shop: `cargo run --bin e2e -- run shop`.
//!
//! Does not: do anything of its own.

fn main() -> std::process::ExitCode {
    let folder = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.to_owned()));
    let shop = shop::Local::new(folder.unwrap_or_default().join("shop"));
    shakedown::Harness::default().environment("local", shop).command_line()
}
