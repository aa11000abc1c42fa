//! `shakedown prove` in a build that can break nothing: it says so.
//!
//! Does not: prove anything.

use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::exit::ExitCode;

/// What `--help` says at its end.
pub(super) const EXAMPLES: &str = "This build has no platform and no proxy, so it can break nothing.";

/// What `prove` takes elsewhere.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Whatever it is, it is not read here
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    any: Vec<String>,
}

/// Refuses.
pub(super) fn call(arguments: &Arguments, _settings: &Settings) -> Result<ExitCode, StartError> {
    let through = arguments.any.iter().any(|word| word == "--through" || word.starts_with("--through="));
    let (what, lacks) =
        if through { ("--through", "a proxy") } else { ("prove", "a platform that can be broken") };
    let message = format!(
        "{what}: this build has not got {lacks}: build with the feature `platform` of shakedown, without \
         `default-features = false`, or use the binary `shakedown`"
    );
    Err(StartError::Usage(message))
}
