//! Standard output: what was asked for goes there, and what could not is told when the command is over.
//!
//! Does not: stop a command halfway, or mind a reader that has enough.

use harness_runner::model::exit::ExitCode;
use std::io::{self, ErrorKind, Write};
use std::sync::OnceLock;

/// Why something could not be written, the first time that it could not.
static FAILED: OnceLock<String> = OnceLock::new();

/// Standard output, which remembers what fails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Out;

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write(bytes).inspect_err(remember)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush().inspect_err(remember)
    }
}

fn remember(error: &io::Error) {
    // A closed pipe is how `| head` says that it has enough; what was interrupted is tried again.
    if !matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::Interrupted) {
        FAILED.get_or_init(|| error.to_string());
    }
}

/// Prints what was asked for.
pub(super) fn print(text: &str) {
    print_bytes(text.as_bytes());
}

/// Prints what need not be text.
pub(super) fn print_bytes(bytes: &[u8]) {
    // What fails is remembered.
    Out.write_all(bytes).ok();
}

/// The exit code of a command that is over: that what it printed never came out is an error as that of any other file.
pub(super) fn closed(exit: ExitCode) -> ExitCode {
    Out.flush().ok();
    let Some(error) = FAILED.get() else { return exit };
    let exit = exit.merge(ExitCode::Usage);
    crate::say(&format!("error: standard output cannot be written: {error}\nexit {}", exit.code()));
    exit
}
