//! Choosing: which alternative of a choice a case takes.
//!
//! Does not: decide whether the case runs. `gate` does, from what is missing here.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::context::{Bindings, display};
use crate::expression::EvaluationError;
use crate::name::{ChoiceName, SecretName};
use crate::source::{At, Location};
use crate::suite::{Alternative, Choice, Pick, Requirement, Suite};
use crate::template::{Escape, RenderError, Template};
use indexmap::IndexSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The secrets that there are when something is chosen.
#[derive(Debug, Clone, Default)]
pub enum AtHand {
    /// All that the suite declares.
    #[default]
    Everything,
    /// These.
    These(BTreeSet<SecretName>),
}

/// What became of a choice for a case.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The choice.
    pub choice: ChoiceName,
    /// The alternative that binds, by its position. Where none can be taken, it is the first that is for the case, so that
    /// everything which is read is bound.
    pub alternative: usize,
    /// What it binds, rendered.
    pub bind: Map<String, Value>,
    /// Whether it is taken.
    pub standing: Standing,
}

/// Whether an alternative is taken.
#[derive(Debug, Clone)]
pub enum Standing {
    /// It is: the first of these that are for the case, counted from one, whose secret is there.
    Taken {
        /// Its place among them.
        rank: usize,
        /// How many they are.
        of: usize,
        /// The secrets of those before it, which are missing.
        without: Vec<SecretName>,
    },
    /// None that is for the case can be: any of these secrets would do.
    Lacking(Vec<SecretName>),
    /// None is for a case like this.
    Unfit(String),
    /// A condition cannot be decided.
    Undecided {
        /// Why not.
        why: EvaluationError,
        /// The condition.
        place: Location,
    },
}

/// What was chosen, for whoever was not there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChosenRecord {
    /// The choice.
    pub choice: ChoiceName,
    /// The alternative that was taken.
    pub alternative: String,
    /// Why: `E2E_MINIMAX_API_KEY is there, first of 3`.
    pub because: String,
    /// What it binds.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub bind: Map<String, Value>,
    /// The names under which it hands over what is sealed. Never their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sealed: Vec<String>,
}

impl AtHand {
    /// Whether a secret is there.
    pub fn has(&self, secret: &SecretName) -> bool {
        match self {
            Self::Everything => true,
            Self::These(secrets) => secrets.contains(secret),
        }
    }
}

/// Chooses for a case of which the choice sees this.
pub(crate) fn choose(choice: &Choice, pick: &Pick, scope: &Bindings, at_hand: &AtHand) -> Chosen {
    let (mut fit, mut undecided): (Vec<(usize, &Alternative)>, _) = (Vec::new(), None);
    for (position, alternative) in choice.picked(pick) {
        let Some(when) = &alternative.when else {
            fit.push((position, alternative));
            continue;
        };
        match when.holds(scope) {
            Ok(true) => fit.push((position, alternative)),
            Ok(false) => {}
            Err(why) => {
                let place = when.at().location.clone();
                undecided = undecided.or(Some(Standing::Undecided { why, place }));
            }
        }
    }
    let is_there =
        |alternative: &Alternative| alternative.secret.as_ref().is_none_or(|name| at_hand.has(name));
    let taken = fit.iter().position(|(_, alternative)| is_there(alternative));
    let standing = match (undecided, taken) {
        (Some(undecided), _) => undecided,
        (None, Some(place)) => {
            let without = secrets(&fit[..place]);
            Standing::Taken { rank: place + 1, of: fit.len(), without }
        }
        (None, None) if fit.is_empty() => Standing::Unfit(shown(scope)),
        (None, None) => Standing::Lacking(secrets(&fit)),
    };
    let alternative = fit.get(taken.unwrap_or(0)).map_or(pick.only.unwrap_or(0), |(position, _)| *position);
    let bind = rendered(&choice.alternatives[alternative], scope);
    Chosen { choice: pick.choice.clone(), alternative, bind, standing }
}

/// The secrets of alternatives, each once.
fn secrets(alternatives: &[(usize, &Alternative)]) -> Vec<SecretName> {
    let secrets: IndexSet<_> = alternatives.iter().filter_map(|(_, found)| found.secret.clone()).collect();
    secrets.into_iter().collect()
}

/// What a choice sees of a case: the names that it reads, rendered with what is bound.
pub(crate) fn scope(choice: &Choice, bindings: &Bindings) -> Bindings {
    let mut scope = Bindings::default();
    for root in &choice.roots {
        if let Some(value) = bindings.get(root) {
            let text = value.as_str().and_then(|text| early(text, bindings));
            scope.set_value(root, text.map_or_else(|| value.clone(), Into::into));
        }
    }
    scope
}

fn rendered(alternative: &Alternative, scope: &Bindings) -> Map<String, Value> {
    let render = |(name, value): (&String, &Value)| {
        let text = value.as_str().and_then(|text| early(text, scope));
        (name.clone(), text.map_or_else(|| value.clone(), Value::from))
    };
    alternative.bind.iter().map(render).collect()
}

/// A text that is a template, rendered; nothing for one that is none, or that only the run can render.
fn early(text: &str, bindings: &Bindings) -> Option<String> {
    if !text.contains("{{") {
        return None;
    }
    let location = crate::source::Source::new("binding", text).at(0..text.len());
    let template = Template::parse(At { value: text.to_owned(), location }, Escape::Plain).ok()?;
    template.render(bindings).ok()
}

/// What a choice sees of a case, for people.
pub(crate) fn shown(scope: &Bindings) -> String {
    let known = scope.names().filter_map(|name| Some(format!("{name} {}", display(scope.get(name)?))));
    known.collect::<Vec<_>>().join(", ")
}

impl Chosen {
    /// What a case cannot do without because of it.
    pub fn requirement(&self) -> Option<Requirement> {
        match &self.standing {
            Standing::Taken { .. } => None,
            Standing::Lacking(secrets) => Some(Requirement::AnySecret(secrets.clone())),
            Standing::Unfit(of) => Some(Requirement::Choice { choice: self.choice.clone(), of: of.clone() }),
            Standing::Undecided { why, .. } => {
                Some(Requirement::Choice { choice: self.choice.clone(), of: why.to_string() })
            }
        }
    }

    /// The secret that it was taken for, or those of which any would do.
    pub fn secrets(&self, suite: &Suite) -> Vec<SecretName> {
        match &self.standing {
            Standing::Taken { .. } => {
                let secret = self.alternative(suite).and_then(|found| found.secret.clone());
                secret.into_iter().collect()
            }
            Standing::Lacking(secrets) => secrets.clone(),
            Standing::Unfit(_) | Standing::Undecided { .. } => Vec::new(),
        }
    }

    /// The alternative that binds.
    pub fn alternative<'a>(&self, suite: &'a Suite) -> Option<&'a Alternative> {
        suite.choices.get(&self.choice)?.alternatives.get(self.alternative)
    }

    /// Why it was taken, or why nothing was.
    pub fn because(&self, suite: &Suite) -> String {
        let alternative = self.alternative(suite);
        match &self.standing {
            Standing::Taken { rank, of, without } => {
                let secret = alternative.and_then(|found| found.secret.as_ref());
                let when = alternative.and_then(|found| found.when.as_ref());
                let ground = match (secret, when) {
                    (Some(secret), _) => format!("{secret} is there"),
                    (None, Some(when)) => when.text().to_owned(),
                    (None, None) => "it is for every case".to_owned(),
                };
                let place = if *of > 1 { format!(", {} of {of}", ordinal(*rank)) } else { String::new() };
                let before = match without.as_slice() {
                    [] => String::new(),
                    without => format!(", without {}", listed(without, " and ")),
                };
                ground + &place + &before
            }
            Standing::Lacking(secrets) => {
                format!("missing {}", listed(secrets, " or "))
            }
            Standing::Unfit(of) => format!("none is for {of}"),
            Standing::Undecided { why, .. } => why.to_string(),
        }
    }

    /// What was chosen, when something was.
    pub fn record(&self, suite: &Suite) -> Option<ChosenRecord> {
        let alternative =
            self.alternative(suite).filter(|_| matches!(self.standing, Standing::Taken { .. }))?;
        Some(ChosenRecord {
            choice: self.choice.clone(),
            alternative: alternative.name.value.clone(),
            because: self.because(suite),
            bind: self.bind.clone(),
            sealed: alternative.sealed.iter().map(|(name, _)| name.clone()).collect(),
        })
    }
}

/// The names under which request bodies of a case read what is sealed, sorted.
pub fn names<'a>(suite: &'a Suite, chosen: &[Chosen]) -> Vec<&'a str> {
    let texts = chosen.iter().filter_map(|chosen| chosen.alternative(suite)).flat_map(|found| &found.sealed);
    let names: BTreeSet<&str> = texts.map(|(name, _)| name.as_str()).collect();
    names.into_iter().collect()
}

/// What a case cannot do without because of its choices: that of the first one, for later ones follow from it.
pub fn lacking(chosen: &[Chosen]) -> Option<Requirement> {
    chosen.iter().find_map(Chosen::requirement)
}

/// What request bodies of a case read as `sealed`, with what may be read there.
///
/// *Errors*: one of its texts does not render.
pub fn sealed(
    suite: &Suite,
    chosen: &[Chosen],
    authority: &Bindings,
) -> Result<BTreeMap<String, String>, RenderError> {
    let texts = chosen.iter().filter_map(|chosen| chosen.alternative(suite)).flat_map(|found| &found.sealed);
    texts.map(|(name, text)| Ok((name.clone(), text.render(authority)?))).collect()
}

fn listed(secrets: &[SecretName], between: &str) -> String {
    secrets.iter().map(SecretName::as_str).collect::<Vec<_>>().join(between)
}

fn ordinal(number: usize) -> String {
    match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        _ => format!("{number}th"),
    }
}
