//! Layers: who binds what for a case, in the order in which one replaces the other.
//!
//! Suite < lane < axes, the keys of bundles and include extras < arms < what is chosen < `E2E_<BINDING>`. The merged bindings of a case and the
//! history of each of them are two readings of the same layers, so they cannot disagree.
//!
//! Does not: keep a history for every case. It is told again for the one that somebody asks about.

use crate::case::{self, Case};
use crate::choose::{AtHand, Chosen};
use crate::matrix::Row;
use crate::name::{ArmName, ChoiceName, LaneName};
use crate::selection::PREFIX;
use crate::suite::{Arm, Scenario, Suite};
use indexmap::IndexMap;
use serde_json::{Map, Value};
use std::fmt;

/// Who binds a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// `[bind]` of the suite.
    Suite,
    /// `bind` of the lane.
    Lane(&'a LaneName),
    /// An axis of this name.
    Axis(&'a str),
    /// A key of the bundle that this axis has for a value.
    Bundle(&'a str),
    /// What an include added.
    Include,
    /// `bind` of an arm.
    Arm(&'a ArmName),
    /// `bind` of what was chosen.
    Choice(&'a ChoiceName),
    /// The environment variable for the binding of this name.
    Override(&'a str),
}

/// One layer's value for a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting<'a> {
    /// Who says so.
    pub origin: Origin<'a>,
    /// The name.
    pub name: &'a str,
    /// The value.
    pub value: &'a Value,
}

/// What a run puts over what the suite says.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// The lane that was chosen.
    pub lane: Option<LaneName>,
    /// Values of declared bindings that settings replace.
    pub overrides: Map<String, Value>,
    /// The secrets that there are.
    pub at_hand: AtHand,
}

/// What the bindings of a case are made of.
#[derive(Debug, Clone, Copy)]
pub struct Layers<'a> {
    /// The suite, as it was written.
    pub suite: &'a Suite,
    /// The scenario of the case.
    pub scenario: &'a Scenario,
    /// What the run puts over it.
    pub overlay: &'a Overlay,
}

impl<'a> Layers<'a> {
    /// Every setting of a case, the ones that replace others after those.
    pub fn settings(
        self,
        row: &'a Row,
        arms: &'a [usize],
        chosen: &'a [Chosen],
    ) -> impl Iterator<Item = Setting<'a>> {
        let set = |origin| move |(name, value): (&'a String, &'a Value)| Setting { origin, name, value };
        let suite = self.suite.bind.iter().map(set(Origin::Suite));
        let lane = self.overlay.lane.iter().flat_map(move |name| {
            let lane = self.suite.lanes.get(name);
            lane.into_iter().flat_map(move |lane| lane.bind.iter().map(set(Origin::Lane(name))))
        });
        let axes = row.values.iter().flat_map(move |(axis, value)| {
            let bundle = value.as_object().into_iter().flatten().map(set(Origin::Bundle(axis)));
            std::iter::once(Setting { origin: Origin::Axis(axis), name: axis, value }).chain(bundle)
        });
        let include = row.extras.iter().map(set(Origin::Include));
        let of_arms = self.arms(arms).flat_map(move |arm| arm.bind.iter().map(set(Origin::Arm(&arm.name))));
        let of_choices =
            chosen.iter().flat_map(move |chosen| chosen.bind.iter().map(set(Origin::Choice(&chosen.choice))));
        let overrides = self.replaced(row, arms);
        suite.chain(lane).chain(axes).chain(include).chain(of_arms).chain(of_choices).chain(overrides)
    }

    /// What variables replace in a case.
    pub(crate) fn replaced(self, row: &'a Row, arms: &'a [usize]) -> impl Iterator<Item = Setting<'a>> {
        let overrides = self.overlay.overrides.iter();
        let overrides = overrides.filter(move |(name, _)| self.is_replaceable(name, row, arms));
        overrides.map(|(name, value)| Setting { origin: Origin::Override(name), name, value })
    }

    /// What became of every name of a case, sorted by name: the last setting counts, the others are replaced by it.
    pub fn history(
        self,
        row: &'a Row,
        arms: &'a [usize],
        chosen: &'a [Chosen],
    ) -> IndexMap<&'a str, Vec<Setting<'a>>> {
        let mut history: IndexMap<&str, Vec<Setting<'_>>> = IndexMap::new();
        for setting in self.settings(row, arms, chosen) {
            history.entry(setting.name).or_default().push(setting);
        }
        history.sort_unstable_keys();
        history
    }

    /// The row of a case, looked up again.
    pub fn row(self, case: &Case) -> Option<Row> {
        let mut rows = self.scenario.matrix.rows(&self.scenario.expansion.cells);
        rows.find(|row| case::id(self.scenario, &row.values) == case.id)
    }

    fn arms(self, positions: &'a [usize]) -> impl Iterator<Item = &'a Arm> {
        positions.iter().filter_map(|position| self.scenario.arms.get(*position))
    }

    /// A variable replaces what somebody bound, and never what names the case.
    fn is_replaceable(self, name: &str, row: &Row, arms: &'a [usize]) -> bool {
        let names_the_case = row.values.contains_key(name)
            || row.values.values().filter_map(Value::as_object).any(|bundle| bundle.contains_key(name));
        let is_bound = self.suite.bind.contains_key(name)
            || row.extras.contains_key(name)
            || self.arms(arms).any(|arm| arm.bind.contains_key(name))
            || self.arms(arms).any(|arm| self.suite.chosen_names(arm).any(|chosen| chosen == name));
        is_bound && !names_the_case
    }
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suite => formatter.write_str("suite"),
            Self::Lane(name) => write!(formatter, "lane {name}"),
            Self::Axis(name) => write!(formatter, "axis {name}"),
            Self::Bundle(axis) => write!(formatter, "bundle {axis}"),
            Self::Include => formatter.write_str("include"),
            Self::Arm(name) => write!(formatter, "arm {name}"),
            Self::Choice(name) => write!(formatter, "choice {name}"),
            Self::Override(name) => write!(formatter, "{PREFIX}{}", name.to_uppercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Layers, Overlay};
    use crate::context::display;
    use crate::name::LaneName;
    use crate::source::{Source, SuiteText};
    use crate::suite::Suite;
    use crate::validate::compile;
    use minijinja::Value;
    use minijinja::value::Serde;

    const SUITE: &str = "[suite]\nname = \"s\"\n[environment.embedded]\nprovides = \"secrets\"\n\
        [service.api]\nbase = \"https://api.example\"\n[bind]\nbudget = \"15m\"\nplain = \"p\"\nrow = \"suite\"\n\
        [lane.night]\nbind = { budget = \"20m\", plain = \"n\" }\n";
    const SCENARIO: &str = "[scenario]\nname = \"one\"\n[matrix]\nlife = [\"on\", \"off\"]\n\
        include = [{ life = \"on\", row = \"include\" }]\n[[matrix.agent]]\nruntime = \"hermes\"\n\
        [[arm]]\nname = \"hermes/openai\"\nmatch = { runtime = \"hermes\" }\nbind = { budget = \"60m\", own = \"a\" }\n\
        [[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\nexpect = [\"status == 200\"]\n";

    fn suite() -> Suite {
        let text = SuiteText {
            suite: Some(Source::new("suite.toml", SUITE)),
            scenarios: vec![Source::new("one.toml", SCENARIO)],
            ..SuiteText::default()
        };
        compile(&text).expect("it compiles")
    }

    /// Every binding of the cases with its settings, the one that counts first.
    fn told(lane: Option<&str>, overrides: &[(&str, &str)]) -> Vec<String> {
        let suite = suite();
        let overrides = overrides.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let overlay = &Overlay { lane: lane.map(LaneName::new), overrides, ..Overlay::default() };
        let layers = Layers { suite: &suite, scenario: &suite.scenarios[0], overlay };
        let case = &crate::case::expand(&suite, layers.scenario, overlay).expect("no conflict")[0];
        let row = layers.row(case).expect("its row");
        let history = layers.history(&row, &case.arms, &case.chosen);
        for (name, settings) in &history {
            let counts = display(&Value::from(Serde(settings[settings.len() - 1].value)));
            assert_eq!(case.bindings.get(name).map(display), Some(counts), "{name}");
        }
        assert_eq!(history.keys().copied().collect::<Vec<_>>(), case.bindings.names().collect::<Vec<_>>());
        let told = history.into_iter().map(|(name, settings)| {
            let settings =
                settings.iter().rev().map(|setting| format!("{}: {}", setting.origin, setting.value));
            format!("{name} = {}", settings.collect::<Vec<_>>().join(", over "))
        });
        told.collect()
    }

    #[test]
    fn every_binding_knows_who_set_it_and_what_it_replaced() {
        let expected = [
            r#"agent = axis agent: {"runtime":"hermes"}"#,
            r#"budget = arm hermes/openai: "60m", over suite: "15m""#,
            r#"life = axis life: "on""#,
            r#"own = arm hermes/openai: "a""#,
            r#"plain = suite: "p""#,
            r#"row = include: "include", over suite: "suite""#,
            r#"runtime = bundle agent: "hermes""#,
        ];
        assert_eq!(told(None, &[]), expected);
    }

    #[test]
    fn a_lane_replaces_what_the_suite_binds_and_arms_replace_that() {
        let told = told(Some("night"), &[]);
        assert_eq!(
            told[1],
            r#"budget = arm hermes/openai: "60m", over lane night: "20m", over suite: "15m""#
        );
        assert_eq!(told[4], r#"plain = lane night: "n", over suite: "p""#);
    }

    #[test]
    fn a_variable_replaces_what_is_bound_and_nothing_that_names_the_case() {
        let told = told(
            None,
            &[("budget", "5m"), ("own", "mine"), ("life", "off"), ("runtime", "x"), ("other", "y")],
        );
        assert_eq!(told[1], r#"budget = E2E_BUDGET: "5m", over arm hermes/openai: "60m", over suite: "15m""#);
        assert_eq!(told[2], r#"life = axis life: "on""#);
        assert_eq!(told[3], r#"own = E2E_OWN: "mine", over arm hermes/openai: "a""#);
        assert_eq!(told[6], r#"runtime = bundle agent: "hermes""#);
        assert_eq!(told.len(), 7);
    }
}
