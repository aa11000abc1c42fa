//! The command line: parse and call.
//!
//! Does not: anything else.

use std::process::ExitCode;

fn main() -> ExitCode {
    shakedown::cli::main()
}
