//! What `run` and `plan` take to narrow a suite down: environment, lane, and what cases have.
//!
//! Does not: know what a suite has; the selection finds that out.

use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::selection::Asked;

/// Arguments that choose an environment and select cases.
#[derive(Debug, clap::Args)]
pub(super) struct Picks {
    /// The environment to run against
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// A lane of the suite: a named selection with its own policy
    #[arg(long, value_name = "NAME")]
    lane: Option<String>,
    /// Only cases with one of these values, or without `!` ones: runtime=codex,mock or lifecycle=!steady; may be
    /// repeated, and all must hold
    #[arg(long, value_name = "KEY=VALUES")]
    select: Vec<String>,
    /// Only cases with one of these tags, or without `!` ones
    #[arg(long, value_name = "TAGS")]
    tag: Vec<String>,
    /// Only cases that one of these arms picks, or none of the `!` ones
    #[arg(long, value_name = "ARMS")]
    arm: Vec<String>,
}

impl Picks {
    /// Adds them to the settings.
    ///
    /// *Errors*: a `--select` without `=`.
    pub(super) fn apply(self, settings: Settings) -> Result<Settings, StartError> {
        let mut asked = Vec::new();
        for text in self.select {
            let Some((key, values)) = text.split_once('=') else {
                let message = format!("--select {text} has no `=`: say --select runtime=codex,mock");
                return Err(StartError::Usage(message));
            };
            if values.contains('=') {
                let message = format!("--select {text} names two keys: repeat --select for each");
                return Err(StartError::Usage(message));
            }
            asked.push(condition(&format!("--select {key}="), key, values));
        }
        asked.extend(self.tag.iter().map(|tags| condition("--tag ", "tag", tags)));
        asked.extend(self.arm.iter().map(|arms| condition("--arm ", "arm", arms)));
        let settings = settings.with_environment(self.environment).with_lane(self.lane);
        Ok(settings.with_selection(asked))
    }
}

fn condition(flag: &str, key: &str, values: &str) -> Asked {
    Asked { written: format!("{flag}{values}"), key: key.trim().to_owned(), values: vec![values.to_owned()] }
}
