//! The staging suite.

fn main() -> std::process::ExitCode {
    shakedown::suite("staging")
}
