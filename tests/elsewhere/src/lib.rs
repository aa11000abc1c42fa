//! Where the system of this team lives when its suite runs: the shop, as a process of this machine.
//!
//! Does not: know the scenarios.

use shakedown::{Environment, EnvironmentError, Facts, async_trait};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

/// The shop as a child process on a free port, with a token of its own for every run.
#[derive(Debug)]
pub struct Local {
    program: PathBuf,
    running: Mutex<Option<Child>>,
}

impl Local {
    /// A shop that is not up yet.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), running: Mutex::new(None) }
    }

    fn failed(&self, reason: impl std::fmt::Display) -> EnvironmentError {
        EnvironmentError::start("local", format!("{}: {reason}", self.program.display()))
    }
}

#[async_trait]
impl Environment for Local {
    async fn start(&self) -> Result<Facts, EnvironmentError> {
        let token = format!("shop-token-of-process-{}", std::process::id());
        let mut command = Command::new(&self.program);
        let command = command.env("SHOP_TOKEN", &token).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| self.failed(error))?;
        // Its first line says where it listens.
        let mut url = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut url).map_err(|error| self.failed(error))?;
        }
        *self.running.lock().map_err(|error| self.failed(error))? = Some(child);
        if url.trim().is_empty() {
            return Err(self.failed("it ended before it listened"));
        }
        Ok(Facts::of("local").variable("SHOP_URL", url.trim()).secret("SHOP_TOKEN", token))
    }

    async fn stop(&self) -> Result<(), EnvironmentError> {
        let stopped = |error: &dyn std::fmt::Display| EnvironmentError::stop("local", error);
        let child = self.running.lock().map_err(|error| stopped(&error))?.take();
        let Some(mut child) = child else { return Ok(()) };
        child.kill().and_then(|()| child.wait()).map_err(|error| stopped(&error))?;
        Ok(())
    }
}
