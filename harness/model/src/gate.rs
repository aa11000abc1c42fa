//! The gate in front of every case: what it needs against what there is.
//!
//! Does not: look anything up. Availability is read offline, before.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::name::{SecretName, ToolName};
use crate::suite::{Arm, Requirement};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether a run may leave out what it cannot do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveRequirement {
    /// `REQUIRE_LIVE` is not set: what is missing is skipped, loudly.
    Optional,
    /// `REQUIRE_LIVE=1`: what is missing is a failure.
    Required,
}

/// What there is.
#[derive(Debug, Clone)]
pub struct Availability {
    /// The secrets at hand.
    pub secrets: BTreeSet<SecretName>,
    /// The tools of the machine that something in the suite requires and that are there.
    pub tools: BTreeSet<ToolName>,
    /// What the run as a whole lacks to be live, by name; empty on a live environment.
    pub lacks_live: Vec<String>,
    /// Whether that matters.
    pub live: LiveRequirement,
    /// Today, for marks that expire.
    pub today: Date,
}

/// What becomes of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It runs.
    Run,
    /// It is left out because something is missing.
    Skip {
        /// What is missing.
        missing: Vec<String>,
    },
    /// It is declared to need what does not exist yet.
    Block {
        /// What does not exist, who will provide it, and until when the mark counts.
        why: String,
    },
    /// It should have run, and something is missing.
    Refuse {
        /// What is missing.
        missing: Vec<String>,
    },
}

/// Decides what becomes of a case, from what its scenario requires, its arms and what there is. What the target can do,
/// only the target knows: a run asks it.
pub fn decide(requires: &[Requirement], arms: &[&Arm], available: &Availability) -> Decision {
    let blocked =
        arms.iter().filter_map(|arm| arm.blocked.as_ref()).find(|mark| mark.expires >= available.today);
    if let Some(mark) = blocked {
        let until = mark.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
        let why = format!("needs {}{until} (owner {}, expires {})", mark.needs, mark.owner, mark.expires);
        return Decision::Block { why };
    }
    let required = requires.iter().chain(arms.iter().flat_map(|arm| &arm.requires));
    let lacking = required.filter_map(|needed| missing(needed, available));
    match available.live {
        LiveRequirement::Required => {
            let missing: Vec<String> = available.lacks_live.iter().cloned().chain(lacking).collect();
            if missing.is_empty() { Decision::Run } else { Decision::Refuse { missing } }
        }
        LiveRequirement::Optional => {
            let missing: Vec<String> = lacking.collect();
            if missing.is_empty() { Decision::Run } else { Decision::Skip { missing } }
        }
    }
}

/// What is missing of something that is needed, if it is.
pub(crate) fn missing(needed: &Requirement, available: &Availability) -> Option<String> {
    match needed {
        Requirement::Capability(_) => None,
        Requirement::Tool(name) => (!available.tools.contains(name)).then(|| format!("tool {name}")),
        Requirement::Choice { choice, of } => Some(format!("a {choice} for {of}")),
        Requirement::Secret(_) | Requirement::AnySecret(_) => {
            let names = needed.secrets();
            let none = !names.iter().any(|name| available.secrets.contains(name));
            none.then(|| names.iter().map(SecretName::as_str).collect::<Vec<_>>().join(" or "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Availability, Decision, LiveRequirement, decide};
    use crate::name::{ArmName, SecretName, ToolName};
    use crate::source::Source;
    use crate::suite::{Arm, Blocked, Requirement};
    use jiff::civil::date;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn arm(requires: Vec<Requirement>, blocked: Option<Blocked>) -> Arm {
        Arm {
            name: ArmName::new("a"),
            location: Source::new("t", "").at(0..0),
            matches: serde_json::Map::new(),
            tags: Vec::new(),
            bind: serde_json::Map::new(),
            bind_at: indexmap::IndexMap::new(),
            requires,
            choose: Vec::new(),
            known_red: None,
            pass: None,
            blocked,
        }
    }

    fn available(secrets: &[&str], live: LiveRequirement) -> Availability {
        Availability {
            secrets: secrets.iter().map(|name| SecretName::new(*name)).collect(),
            tools: BTreeSet::new(),
            lacks_live: Vec::new(),
            live,
            today: date(2026, 11, 21),
        }
    }

    fn any(names: &[&str]) -> Requirement {
        Requirement::AnySecret(names.iter().map(|name| SecretName::new(*name)).collect())
    }

    #[test]
    fn refuses_when_live_is_required_and_a_secret_is_missing() {
        let google = arm(vec![Requirement::Secret(SecretName::new("G"))], None);
        let missing = vec!["G".to_owned()];
        assert_eq!(
            decide(&[], &[&google], &available(&[], LiveRequirement::Optional)),
            Decision::Skip { missing: missing.clone() }
        );
        assert_eq!(
            decide(&[], &[&google], &available(&[], LiveRequirement::Required)),
            Decision::Refuse { missing }
        );
        assert_eq!(decide(&[], &[&google], &available(&["G"], LiveRequirement::Required)), Decision::Run);
    }

    #[test]
    fn a_tool_that_is_not_there_is_missing_like_a_secret() {
        let needs = [Requirement::Tool(ToolName::new("aws"))];
        let mut settings = available(&[], LiveRequirement::Optional);
        let missing = vec!["tool aws".to_owned()];
        assert_eq!(decide(&needs, &[], &settings), Decision::Skip { missing: missing.clone() });
        settings.live = LiveRequirement::Required;
        assert_eq!(decide(&needs, &[], &settings), Decision::Refuse { missing });
        settings.tools.insert(ToolName::new("aws"));
        assert_eq!(decide(&needs, &[], &settings), Decision::Run);
    }

    #[test]
    fn names_every_secret_that_would_do() {
        let seo = arm(vec![any(&["M", "A"])], None);
        let decision = decide(&[], &[&seo], &available(&[], LiveRequirement::Optional));
        assert_eq!(decision, Decision::Skip { missing: vec!["M or A".to_owned()] });
        assert_eq!(decide(&[], &[&seo], &available(&["A"], LiveRequirement::Optional)), Decision::Run);
    }

    #[test]
    fn refuses_every_case_when_there_is_no_live_environment() {
        let mut nothing = available(&[], LiveRequirement::Required);
        nothing.lacks_live = vec!["MOLECULE_CP_URL".to_owned()];
        assert_eq!(
            decide(&[], &[], &nothing),
            Decision::Refuse { missing: vec!["MOLECULE_CP_URL".to_owned()] }
        );
    }

    #[test]
    fn a_block_counts_until_its_last_day_also_when_live_is_required() {
        let mark = |expires| Blocked { needs: "x".to_owned(), owner: "p".to_owned(), until: None, expires };
        let today = arm(vec![], Some(mark(date(2026, 11, 21))));
        let yesterday = arm(vec![], Some(mark(date(2026, 11, 20))));
        let settings = available(&[], LiveRequirement::Required);
        assert!(matches!(decide(&[], &[&today], &settings), Decision::Block { .. }));
        assert_eq!(decide(&[], &[&yesterday], &settings), Decision::Run);
    }

    proptest! {
        #[test]
        fn more_availability_never_turns_run_into_anything_else(
            needed in prop::collection::vec(0_u8..4, 0..4), some in prop::collection::btree_set(0_u8..4, 0..4), more in 0_u8..4, live: bool,
        ) {
            let live = if live { LiveRequirement::Required } else { LiveRequirement::Optional };
            let names = |numbers: &[u8]| numbers.iter().map(|n| SecretName::new(format!("S{n}"))).collect::<Vec<_>>();
            let case = arm(names(&needed).into_iter().map(Requirement::Secret).collect(), None);
            let mut before = available(&[], live);
            before.secrets = names(&some.iter().copied().collect::<Vec<_>>()).into_iter().collect();
            let mut after = before.clone();
            after.secrets.extend(names(&[more]));
            if decide(&[], &[&case], &before) == Decision::Run {
                prop_assert_eq!(decide(&[], &[&case], &after), Decision::Run);
            }
        }
    }
}
