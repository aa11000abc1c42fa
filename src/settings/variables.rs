//! The environment variables that the harness itself understands. Suites declare more.
//!
//! Does not: read them.

#[cfg(feature = "platform")]
use std::collections::BTreeMap;

/// A variable of the harness.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    /// The name.
    pub(crate) name: &'static str,
    /// What it means, in Markdown.
    pub(crate) meaning: &'static str,
    /// What holds when it is not set, or is empty.
    pub(crate) default: &'static str,
}

/// Those of these names.
#[cfg(feature = "platform")]
pub(crate) fn only(mut variables: BTreeMap<String, String>, names: &[&str]) -> BTreeMap<String, String> {
    variables.retain(|name, _| names.contains(&name.as_str()));
    variables
}

/// Declares variables: a constant for each, and the list of all.
macro_rules! variables {
    ($(#[doc = $meaning:literal] $name:ident or $default:literal;)+) => {
        $(#[doc = $meaning] pub(crate) const $name: &str = stringify!($name);)+

        /// Every variable of the harness.
        pub(crate) const ALL: &[Variable] = &[
            $(Variable { name: $name, meaning: $meaning, default: $default },)+
        ];
    };
}

variables! {
    /// What is missing is a failure and not a skip: no live environment, no secret. `1`, `true`, `yes`, `on` or `0`, `false`, `no`, `off`; anything else is refused.
    REQUIRE_LIVE or "no";
    /// The name under which older workflows set `REQUIRE_LIVE`, which counts before it.
    E2E_REQUIRE_LIVE or "no";
    /// The lane to run, as `--lane`: its name or one of its aliases.
    E2E_LANE or "the suite's `lane`, for a run that selects nothing";
    /// The name under which older workflows set `E2E_LANE`, which counts before it: `full`, `canary`, `smoke`.
    E2E_MODE or "the suite's `lane`, for a run that selects nothing";
    /// What somebody calls the run: the names of what it creates have it in them, in lowercase, its last ten characters. Eight digits of the run's own follow, so that no two runs share a name.
    E2E_RUN_ID or "the time of day, as `081500`";
    /// How often a send that brought no reply is repeated, where a second one can do nothing twice; at most 20. Replies that say "not now" are waited through by polls, whatever this says.
    E2E_TRANSIENT_RETRIES or "the suite's `retries`";
    /// What is left standing on purpose, as `--keep`: `never`, `on-failure` or `always`; `1` is `always`.
    E2E_KEEP_ORG or "never";
    /// Views that are written when a run is over, as `--report`: `junit=target/junit.xml,markdown=summary.md`. The formats are those of `shakedown report`; `{suite}` and `{run}` in a path stand for their names, and a relative path begins at the working folder.
    E2E_REPORT or "none";
    /// Runs again what was red, as `--rerun-failed`: `1` for the newest run of the suite and environment, else the id of a run or the path of a recording.
    E2E_RERUN_FAILED or "every selected case runs";
    /// Which of several shards to run, as `--shard` and `--partition`: `2/4`, or `slice:2/4` as nextest divides.
    E2E_SHARD or "all cases";
    /// A plan with estimates, as `shakedown plan SUITE --json` writes it: shards are balanced by it, and longer cases start first. A relative path begins at the working folder.
    E2E_ESTIMATES or "the recordings of earlier runs for the order of cases; shards weigh every case the same";
    /// The environment to run against, as `--environment`.
    E2E_ENVIRONMENT or "the first whose `when` is set, else the first without a `when`";
    /// The folder with `scenarios/` and `templates/`, as `--root`.
    SHAKEDOWN_ROOT or "the nearest folder with `scenarios/`, from the package or from here upwards";
    /// Set by CI systems: nobody watches, so a run is told in lines even where there is a terminal. `0`, `false`, `no` or `off` is no CI.
    CI or "a terminal is drawn on";
    /// The kind of the terminal; `dumb` is one that cannot be drawn on.
    TERM or "a run is told in lines";
    /// Set to anything: no colours. Everything reads the same without them.
    NO_COLOR or "colours on a terminal that has them";
    /// Where the tools of `run.exec` are looked for; its programs get it.
    PATH or "no tool is found";
    /// Where programs of `run.exec` have their own settings; they get it, and no other variable that the suite does not list.
    HOME or "they get none";
    /// Set by cargo: the package whose test runs, where the search for the root begins.
    CARGO_MANIFEST_DIR or "the working folder";
    /// Set by GitHub and Gitea: the commit that is tested, for the history. Without it, what git has checked out.
    GITHUB_SHA or "what is checked out";
    /// Set by GitHub and Gitea: the branch is what stands behind `refs/heads/` in it; anything else, such as a pull request, is its own branch.
    GITHUB_REF or "what is checked out";
    /// Set by GitLab: the commit that is tested, for the history.
    CI_COMMIT_SHA or "what is checked out";
    /// Set by GitLab: the branch or tag that is tested.
    CI_COMMIT_REF_NAME or "what is checked out";
    /// Set by nextest: its run, whose processes share one recording. Letters, digits and `-`.
    NEXTEST_RUN_ID or "this process is the whole run";
}
