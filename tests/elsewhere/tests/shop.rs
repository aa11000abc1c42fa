//! The suite of the shop: `cargo test --test shop`.

fn main() -> std::process::ExitCode {
    let shop = shop::Local::new(env!("CARGO_BIN_EXE_shop"));
    shakedown::Harness::default().environment("local", shop).suite("shop")
}
