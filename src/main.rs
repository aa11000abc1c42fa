//! The command line: parse and call.

use std::process::ExitCode;

fn main() -> ExitCode {
    shakedown::cli::main()
}
