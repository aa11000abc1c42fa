//! Newtypes for every identifier of the language.
//!
//! Does not: decide which names exist. `validate` does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes a text as this kind of name.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

names! {
    /// The stable name of a case: `provision::pause-resume::claude-code::MiniMax-M2.7`.
    CaseId;
    /// The name of an arm: `google-adk/ai-studio`.
    ArmName;
    /// The name of a scenario: `provision`.
    ScenarioName;
    /// The name of a step: `create`.
    StepName;
    /// The name of a flow: `flows/org`.
    FlowName;
    /// The name of a service: `tenant`.
    ServiceName;
    /// The name of a credential: `tenant_admin`.
    CredentialName;
    /// The name of a secret, which is also its environment variable: `E2E_GOOGLE_API_KEY`.
    SecretName;
    /// The name of a fixture: `org`.
    FixtureName;
    /// The name of a capability: `poll_queue`.
    CapabilityName;
    /// The name of a tool of the machine: `aws`.
    ToolName;
    /// The name of a choice: `provider`.
    ChoiceName;
    /// A kind of resource: `workspace`.
    ResourceKind;
    /// The name of an environment: `embedded`.
    EnvironmentName;
    /// The name of a lane: `canary`.
    LaneName;
    /// The name of a milestone: `workspace-online`.
    MilestoneName;
    /// The path of a template below `templates/`: `workspace/create.json.j2`.
    TemplateName;
}

/// Whether a character cannot be seen and changes how others are: it turns the direction of writing around, ends a line,
/// or has no width.
pub fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
}

impl CaseId {
    /// The name of its scenario.
    pub fn scenario(&self) -> &str {
        self.0.split("::").next().unwrap_or(&self.0)
    }
}

/// Whether a text can be used as a name in expressions.
pub fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|next| next.is_ascii_alphanumeric() || next == '_')
}

/// More names than a guess is worth: each is compared letter by letter.
const MOST_COMPARED: usize = 1000;
/// Longer than a name that somebody types.
const LONGEST_COMPARED: usize = 200;

/// The known name that a mistyped one is closest to, if any is close.
pub fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut known = known.into_iter().take(MOST_COMPARED).filter(|_| name.len() <= LONGEST_COMPARED);
    known
        .by_ref()
        .filter(|candidate| candidate.len() <= LONGEST_COMPARED)
        .map(|candidate| (likeness(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.6)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// How alike two names are, a folder that they share not counted: `flows/delete` is nothing like `flows/find`.
fn likeness(name: &str, candidate: &str) -> f64 {
    let (name, candidate) = (name.to_lowercase(), candidate.to_lowercase());
    match (name.rsplit_once('/'), candidate.rsplit_once('/')) {
        (Some((folder, name)), Some((other, candidate))) if folder == other => {
            strsim::normalized_damerau_levenshtein(name, candidate)
        }
        _ => strsim::normalized_damerau_levenshtein(&name, &candidate),
    }
}

#[cfg(test)]
mod tests {
    use super::{closest, is_identifier};

    #[test]
    fn suggests_only_what_is_close() {
        let known = ["google-adk", "hermes", "codex"];
        assert_eq!(closest("gogle-adk", known), Some("google-adk"));
        assert_eq!(closest("Hermes", known), Some("hermes"));
        assert_eq!(closest("zzz", known), None);
    }

    #[test]
    fn identifiers_are_what_expressions_can_name() {
        assert!(is_identifier("resolves_to"));
        assert!(!is_identifier("resolves-to"));
        assert!(!is_identifier("2fast"));
        assert!(!is_identifier(""));
    }
}
