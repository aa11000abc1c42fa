//! Child processes: started without a shell and without anybody's environment, and gone with everything that they started
//! and that did not leave their process group.
//!
//! Does not: read the environment, or know what a program's words mean.

use crate::net::wait::{self, Slept};
use futures_util::future::{Either, select};
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command as Program};
use tokio_util::sync::CancellationToken;

/// What is kept of each of the streams of a program; the rest is read, so that it can end, and dropped.
pub const LONGEST_OUTPUT: usize = 1024 * 1024;
/// How long the streams of a program that has ended may stay open. Only what left its process group can still hold them.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A program to start.
///
/// *Shape*: `["ci/cloud-instances", "--name", "e2e-1"]`
#[derive(Debug, Clone, Default)]
pub struct Command {
    /// The program: a path, or a name that is looked for in the `PATH` of `environment`.
    pub program: String,
    /// Its arguments, each of them one, whatever is in it.
    pub arguments: Vec<String>,
    /// All of its environment.
    pub environment: Vec<(String, String)>,
    /// What it can read; nothing when it is empty.
    pub input: String,
    /// The folder that it runs in; ours when there is none.
    pub folder: Option<PathBuf>,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub output: Stream,
    /// What it wrote to standard error.
    pub errors: Stream,
}

/// What a program wrote to one of its streams.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stream {
    /// The text, [`LONGEST_OUTPUT`] bytes of it at most.
    pub text: String,
    /// How many bytes of it were dropped.
    pub dropped: u64,
    /// Whether something that the program started, and that lives on outside of its process group, still holds it.
    pub is_held: bool,
}

/// Why nobody knows what a program would have said.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// There is no such program.
    #[error("there is no program `{program}`: install it, or say where it is")]
    Missing {
        /// The program.
        program: String,
    },
    /// It could not be started, or not be waited for.
    #[error("`{program}` cannot be run")]
    Run {
        /// The program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// Its time was up; it and everything that it started was killed.
    #[error("`{program}` did not end within {}", harness_model::units::display(*.within))]
    TookTooLong {
        /// The program.
        program: String,
        /// How long it had.
        within: Duration,
    },
    /// Somebody stopped the run; it and everything that it started was killed.
    #[error("`{program}` was stopped with the run")]
    Stopped {
        /// The program.
        program: String,
    },
}

/// A child and the process group of which it is the first; both are killed when this goes, whoever drops it.
struct Group {
    child: Child,
    id: Option<Pid>,
}

impl Group {
    /// Kills the group, once: its number may be somebody else's later.
    fn kill(&mut self) {
        if let Some(id) = self.id.take() {
            // A group that is empty by now is what is wanted.
            kill_process_group(id, Signal::KILL).ok();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a program to its end, or to the end of its time.
///
/// *Errors*: [`ProcessError`]. In every case nothing of it runs on.
pub async fn run(
    command: &Command,
    within: Duration,
    cancel: &CancellationToken,
) -> Result<Finished, ProcessError> {
    let program = || command.program.clone();
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => ProcessError::Missing { program: program() },
        _ => ProcessError::Run { program: program(), source },
    };
    let mut group = start(command).map_err(failed)?;
    let (stdin, stdout, stderr) =
        (group.child.stdin.take(), group.child.stdout.take(), group.child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A program that does not read is no failure of its own.
            stdin.write_all(command.input.as_bytes()).await.ok();
        }
    };
    let end = async {
        let ended = tokio::select! {
            status = group.child.wait() => status.map_err(failed),
            slept = wait::sleep(within, cancel) => Err(match slept {
                Slept::Through => ProcessError::TookTooLong { program: program(), within },
                Slept::Cancelled => ProcessError::Stopped { program: program() },
            }),
        };
        // Whatever it started holds its streams open, and would outlive it.
        group.kill();
        ended
    };
    let (mut output, mut errors) = (Kept::default(), Kept::default());
    let (ended, streams) = {
        let streams = async {
            let (output, errors, ()) =
                tokio::join!(read(stdout, &mut output), read(stderr, &mut errors), feed);
            output.and(errors)
        };
        match select(pin!(end), pin!(streams)).await {
            Either::Left((ended, streams)) => (ended, tokio::time::timeout(LAST_WORDS, streams).await.ok()),
            Either::Right((streams, end)) => (end.await, Some(streams)),
        }
    };
    let code = ended?.code();
    let is_held = streams.is_none();
    streams.unwrap_or(Ok(())).map_err(failed)?;
    Ok(Finished { code, output: output.into_stream(is_held), errors: errors.into_stream(is_held) })
}

#[expect(clippy::disallowed_methods, reason = "the one door for child processes")]
fn start(command: &Command) -> io::Result<Group> {
    let mut program = Program::new(&command.program);
    program.args(&command.arguments).env_clear().envs(command.environment.iter().cloned());
    if let Some(folder) = &command.folder {
        program.current_dir(folder);
    }
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = program.process_group(0).kill_on_drop(true).spawn()?;
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    Ok(Group { child, id })
}

/// The beginning of a stream, as far as it was read.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    dropped: u64,
}

impl Kept {
    fn into_stream(self, is_held: bool) -> Stream {
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        Stream { text, dropped: self.dropped, is_held }
    }
}

/// Reads a stream to its end, and keeps the beginning of it.
async fn read(stream: Option<impl AsyncRead + Unpin>, kept: &mut Kept) -> io::Result<()> {
    let Some(mut stream) = stream else { return Ok(()) };
    let mut piece = vec![0; 16 * 1024];
    loop {
        let count = stream.read(&mut piece).await?;
        if count == 0 {
            return Ok(());
        }
        let room = count.min(LONGEST_OUTPUT.saturating_sub(kept.bytes.len()));
        kept.bytes.extend_from_slice(&piece[..room]);
        kept.dropped += (count - room) as u64;
    }
}
