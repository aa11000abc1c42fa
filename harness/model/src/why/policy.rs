//! What decides about a case: what it needs, its gate and who says so, the arms that picked it, and their marks.
//!
//! Does not: decide again. It shows what the plan was decided from.

use crate::choose::Chosen;
use crate::gate::LiveRequirement;
use crate::gates::Gate;
use crate::name::{ArmName, ChoiceName, EnvironmentName, FlowName, LaneName, SecretName};
use crate::plan::{Plan, Planned};
use crate::suite::{Arm, Requirement, SecretSupply};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Something that the case cannot do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Who needs it.
    pub of: Needing,
    /// What would do, any of it.
    pub any: Vec<Means>,
}

/// Who needs something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needing {
    /// An arm.
    Arm(ArmName),
    /// What was chosen, or would have been.
    Choice(ChoiceName),
    /// Every case of the scenario.
    Scenario,
    /// The run, because live is required.
    Live,
}

/// Something that would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Means {
    /// Its name.
    pub name: String,
    /// Whether it is there, and where from.
    pub presence: Presence,
}

/// Whether something is there, and where from. Never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// The environment variable of its name is set.
    Set,
    /// The environment mints it.
    Minted(EnvironmentName),
    /// It would come from the environment variable of its name, which is not set.
    Missing,
    /// It is a tool of this machine.
    OnPath,
    /// It is a tool, and `PATH` leads to none of its name.
    NotOnPath,
    /// It is a capability: the run asks the target, with this flow.
    Probed(FlowName),
}

/// Who says what the gate of a case is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateSource {
    /// On an environment of our own every red is ours.
    Ours(EnvironmentName),
    /// The lane says so for all of its cases.
    Lane {
        /// The lane.
        lane: LaneName,
        /// What it says.
        gate: Gate,
    },
    /// It has no arm that could be promoted, so it counts from the start.
    NoArm,
    /// A line of `gates.toml`.
    Line {
        /// The arm.
        arm: ArmName,
        /// Its gate.
        gate: Gate,
        /// Where.
        place: String,
    },
    /// `gates.toml` does not name the arm, so it is advisory.
    Unnamed(ArmName),
}

/// An arm that picked a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmShown {
    /// Its name.
    pub name: ArmName,
    /// Where it was written.
    pub place: String,
    /// What it matches, as JSON.
    pub matches: String,
}

/// A mark of an arm that picked a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkShown {
    /// The arm.
    pub arm: ArmName,
    /// What it says.
    pub says: Says,
    /// Its last day.
    pub expires: Date,
    /// Whether that is over.
    pub standing: Standing,
}

/// What a mark says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// A failure is expected.
    KnownRed {
        /// The step that fails.
        step: String,
        /// How it fails.
        when: String,
        /// What ends it.
        until: String,
    },
    /// It cannot run for now.
    Blocked {
        /// What is missing.
        needs: String,
        /// Who will provide it.
        owner: String,
        /// What ends it.
        until: Option<String>,
    },
}

/// Whether a mark still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Until its last day.
    Counts,
    /// Its last day is over.
    Expired,
}

/// Everything that the case and its run need.
pub(super) fn needs(plan: &Plan, requires: &[Requirement], arms: &[&Arm], chosen: &[Chosen]) -> Vec<Need> {
    let means = |name: &SecretName| {
        let presence = match (plan.available.secrets.contains(name), plan.secrets_from()) {
            (true, SecretSupply::Settings) => Presence::Set,
            (true, SecretSupply::Minted) => Presence::Minted(plan.environment.clone()),
            (false, _) => Presence::Missing,
        };
        Means { name: name.to_string(), presence }
    };
    let any = |requirement: &Requirement| {
        let probe = requirement.capability().and_then(|name| {
            let probe = plan.suite.capabilities.get(name)?.probe.value.clone();
            Some(Means { name: name.to_string(), presence: Presence::Probed(probe) })
        });
        let tool = requirement.tool().map(|name| {
            let is_there = plan.available.tools.contains(name);
            let presence = if is_there { Presence::OnPath } else { Presence::NotOnPath };
            Means { name: format!("tool {name}"), presence }
        });
        requirement.secrets().iter().map(means).chain(probe).chain(tool).collect()
    };
    let of_scenario =
        requires.iter().map(|requirement| Need { of: Needing::Scenario, any: any(requirement) });
    let of_arms = arms.iter().flat_map(|arm| {
        arm.requires
            .iter()
            .map(|requirement| Need { of: Needing::Arm(arm.name.clone()), any: any(requirement) })
    });
    let of_choices = chosen.iter().map(|chosen| Need {
        of: Needing::Choice(chosen.choice.clone()),
        any: chosen.secrets(&plan.suite).iter().map(means).collect(),
    });
    let of_choices = of_choices.filter(|need| !need.any.is_empty());
    let lacking = match plan.available.live {
        LiveRequirement::Required => plan.available.lacks_live.as_slice(),
        LiveRequirement::Optional => &[],
    };
    let live = lacking.iter().map(|name| {
        let any = vec![Means { name: name.clone(), presence: Presence::Missing }];
        Need { of: Needing::Live, any }
    });
    live.chain(of_arms).chain(of_choices).chain(of_scenario).collect()
}

/// The secrets that there are, and of those that the case lacks the ones with which it would run.
pub(super) fn secrets<'a>(
    plan: &Plan,
    requires: impl Iterator<Item = &'a Requirement>,
    arms: &[&'a Arm],
) -> BTreeSet<SecretName> {
    let mut secrets = plan.available.secrets.clone();
    for any in requires.chain(arms.iter().flat_map(|arm| &arm.requires)).map(Requirement::secrets) {
        if !any.iter().any(|name| secrets.contains(name)) {
            secrets.extend(any.first().cloned());
        }
    }
    secrets
}

/// Who says what the gate of a case is: one for each of its arms.
pub(super) fn gate_sources(plan: &Plan, planned: &Planned) -> Vec<GateSource> {
    if plan.secrets_from() == SecretSupply::Minted {
        return vec![GateSource::Ours(plan.environment.clone())];
    }
    if let Some((lane, gate)) = plan.overlay.lane.clone().zip(plan.lane().and_then(|lane| lane.gate)) {
        return vec![GateSource::Lane { lane, gate }];
    }
    if planned.arms.is_empty() {
        return vec![GateSource::NoArm];
    }
    let sources = planned.arms.iter().map(|arm| match plan.suite.gates.row(arm) {
        Some(row) => {
            GateSource::Line { arm: arm.clone(), gate: row.standing.gate(), place: row.location.to_string() }
        }
        None => GateSource::Unnamed(arm.clone()),
    });
    sources.collect()
}

/// The arms that picked the case.
pub(super) fn arms(arms: &[&Arm]) -> Vec<ArmShown> {
    let shown = arms.iter().map(|arm| ArmShown {
        name: arm.name.clone(),
        place: arm.location.to_string(),
        matches: serde_json::Value::Object(arm.matches.clone()).to_string(),
    });
    shown.collect()
}

/// The marks of the arms that picked the case, also those that count no more.
pub(super) fn marks(plan: &Plan, arms: &[&Arm]) -> Vec<MarkShown> {
    let mark = |arm: &Arm, says, expires| {
        let standing = if expires >= plan.available.today { Standing::Counts } else { Standing::Expired };
        MarkShown { arm: arm.name.clone(), says, expires, standing }
    };
    let shown = arms.iter().flat_map(|arm| {
        let blocked = arm.blocked.as_ref().map(|blocked| {
            let (needs, owner, until) = (blocked.needs.clone(), blocked.owner.clone(), blocked.until.clone());
            mark(arm, Says::Blocked { needs, owner, until }, blocked.expires)
        });
        let known_red = arm.known_red.as_ref().map(|red| {
            let (step, when) = (red.step.value.clone(), red.when.text().to_owned());
            mark(arm, Says::KnownRed { step, when, until: red.until.clone() }, red.expires)
        });
        blocked.into_iter().chain(known_red)
    });
    shown.collect()
}
