//! How a run is shown: drawn on a terminal, or told in lines.
//!
//! Does not: show it. The reporters do.

use crate::settings::{Settings, variables};
use harness_runner::Process;
use harness_runner::front::{Arguments, FormatSetting};
use harness_runner::model::overrides::yes_or_no;
use std::io::{IsTerminal, stderr, stdout};

/// How a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Drawn, where somebody watches.
    Live,
    /// In lines, for logs and for everybody who does not.
    Lines,
}

impl Manner {
    /// How the native front shows a run: on standard error.
    pub(crate) fn of_native(settings: &Settings) -> Self {
        Self::watched(stderr().is_terminal() && can_draw(settings))
    }

    /// How a replay is shown: on standard output.
    pub(crate) fn of_replay(settings: &Settings) -> Self {
        Self::watched(stdout().is_terminal() && can_draw(settings))
    }

    /// How the libtest front shows a run. Whoever reads what libtest prints, or asked for it, gets it.
    pub(crate) fn of_libtest(settings: &Settings, arguments: &Arguments) -> Self {
        let is_asked_for = arguments.quiet || !matches!(arguments.format, None | Some(FormatSetting::Pretty));
        let is_alone = settings.process == Process::Whole;
        let watched = stdout().is_terminal() && stderr().is_terminal() && can_draw(settings);
        Self::watched(watched && is_alone && !is_asked_for)
    }

    fn watched(is_watched: bool) -> Self {
        if is_watched { Self::Live } else { Self::Lines }
    }
}

/// A terminal can be drawn on unless it says that it cannot; nobody watches in CI, even where there is one.
fn can_draw(settings: &Settings) -> bool {
    let set = |name: &str| settings.variables.get(name).filter(|value| !value.is_empty());
    let is_ci = set(variables::CI).is_some_and(|value| yes_or_no(value) != Some(false));
    !is_ci && set(variables::TERM).is_some_and(|terminal| terminal != "dumb")
}
