//! Where a run comes from: the commit and branch that CI names, or else git has checked out; and what sets it apart from an
//! ordinary run of its lane.
//!
//! Does not: read the environment. `settings` has.

use crate::caution::broken;
use crate::settings::{Settings, variables};
use harness_runner::Process;
use harness_runner::model::plan::{Plan, Reasons};
use harness_runner::model::provenance::Provenance;
use harness_runner::model::report::BROKEN;
use harness_runner::model::units;
use harness_runner::revision::{self, Revision};

/// Where a run of a plan comes from.
pub(crate) fn of(plan: &Plan, reasons: &Reasons, settings: &Settings, faults: &[String]) -> Provenance {
    let Revision { commit, branch } = revision(settings);
    let faults = faults.iter().map(|fault| format!("{BROKEN}{fault}"));
    let on_purpose = broken(plan).map(|(_, variable)| format!("{BROKEN}{variable}"));
    let again = reasons.again.parent.as_ref().map(|parent| format!("runs the reds of {parent} again"));
    let shard = plan.part().map(|part| part.divided.shard.apart());
    let apart =
        faults.chain(on_purpose).chain(again).chain(shard).chain(narrowed(plan, &settings.process)).collect();
    Provenance { commit, branch, apart }
}

/// What CI says; else what is checked out around the root.
fn revision(settings: &Settings) -> Revision {
    let set = |name: &str| settings.variables.get(name).filter(|value| !value.is_empty()).cloned();
    let pairs = [
        (variables::GITHUB_SHA, variables::GITHUB_REF),
        (variables::CI_COMMIT_SHA, variables::CI_COMMIT_REF_NAME),
    ];
    let named = pairs.into_iter().find_map(|(commit, branch)| {
        let commit = Some(set(commit)?);
        let branch =
            set(branch).map(|name| name.strip_prefix("refs/heads/").map_or(name.clone(), str::to_owned));
        Some(Revision { commit, branch })
    });
    named.unwrap_or_else(|| revision::around(&settings.root))
}

/// Whether some cases of its lane were not selected.
fn narrowed(plan: &Plan, process: &Process) -> Option<String> {
    if let Process::Nextest { .. } = process {
        return Some(
            "nextest starts a process for each case, and nobody knows which it leaves out".to_owned(),
        );
    }
    let whole = if plan.of_lane == 0 { plan.of } else { plan.of_lane };
    // A shard has fewer, and says so for itself.
    let selected = plan.part().map_or(plan.cases.len(), |part| part.cases.len());
    (selected < whole)
        .then(|| format!("only {selected} of {} selected: {}", units::count(whole, "case"), plan.selection))
}

#[cfg(test)]
mod tests {
    use super::{Revision, revision};
    use crate::settings::Settings;
    use std::path::Path;

    fn named(pairs: &[(&str, &str)]) -> Revision {
        let mut settings =
            Settings::from_process(Some(Path::new(env!("CARGO_MANIFEST_DIR")))).expect("settings");
        settings.variables =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        settings.root = "/".into();
        revision(&settings)
    }

    #[test]
    fn what_ci_names_counts_and_a_pull_request_is_no_branch_of_ours() {
        let table = [
            (("GITHUB_SHA", "a"), ("GITHUB_REF", "refs/heads/main"), "main"),
            (("GITHUB_SHA", "a"), ("GITHUB_REF", "refs/pull/12/merge"), "refs/pull/12/merge"),
            (("CI_COMMIT_SHA", "a"), ("CI_COMMIT_REF_NAME", "main"), "main"),
        ];
        for (commit, branch, expected) in table {
            let found = named(&[commit, branch]);
            assert_eq!((found.commit.as_deref(), found.branch.as_deref()), (Some("a"), Some(expected)));
        }
    }

    #[test]
    fn where_nobody_names_anything_and_no_git_is_nothing_is_known() {
        assert_eq!(named(&[("GITHUB_SHA", ""), ("GITHUB_REF", "refs/heads/main")]), Revision::default());
    }
}
