//! What serde reads: the words of the files, a span on every string, nothing checked yet.
//!
//! Does not: leave this room and `validate`.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

mod alert;
mod below;
mod capability;
mod choices;
mod control;
mod environment;
mod failures;
mod faults;
mod flow;
mod gates;
mod lane;
mod policy;
mod retention;
mod scenario;
pub mod shape;
mod sink;
mod spanned;
mod states;
mod step;
mod suite;
mod tree;

pub use alert::RawAlert;
pub use below::RawBelow;
pub use capability::RawCapability;
pub use choices::{RawAlternative, RawChoices};
pub use environment::{RawEnvironment, RawVariable};
pub use failures::{RawFailure, RawFailureMatch, RawFailures};
pub use faults::{RawFaultRow, RawFaults, RawGap, RawSurvivesRow};
pub use flow::{RawFlow, RawFlowHead};
pub use gates::{RawArmWindow, RawGate, RawGateWindow, RawGates, RawQuarantine};
pub use lane::RawLane;
pub use policy::RawCeiling;
pub use retention::{RawBounds, RawRetention};
pub use scenario::{RawArm, RawBlocked, RawKnownRed, RawPass, RawRequires, RawScenario, RawScenarioHead};
pub use sink::{RawDestination, RawFileSink, RawMoment, RawPrometheus, RawSink, RawWebhook};
pub use spanned::{OneOrMany, Spanned, Table, Text};
pub use states::{RawBudgetedEdge, RawEdge};
pub use step::{RawPoll, RawStep};
pub use suite::{
    RawAxis, RawCredential, RawFixture, RawResource, RawScope, RawSecret, RawService, RawSuite, RawSuiteHead,
};

pub use tree::{RawNode, RawTree, parse_json};

use crate::diagnostic::Diagnostic;
use crate::source::Source;
use serde::de::DeserializeOwned;

/// What serde found and expected, in the words of TOML.
fn wrong_kind(message: &str) -> String {
    let text = message.trim_start_matches("invalid type: ").replace("a sequence", "a list");
    let text =
        text.replace("a map", "a table").replace("a TOML datetime", "a day").replace("sequence", "list");
    text.replace("map", "table")
        .replace("string ", "the text ")
        .replace(", expected", " where there should be")
}

fn right_kind(message: &str) -> &'static str {
    match message.rsplit_once("expected ").map_or("", |(_, kind)| kind) {
        "a sequence" => "put it in brackets: key = [\"…\"]",
        "a string" => "put it in quotes: key = \"…\", also a duration: \"120s\"",
        "a TOML datetime" => "a day without quotes: 2027-03-31",
        "a boolean" => "true or false, without quotes",
        _ => "the reference has an example of every key: docs/reference.md",
    }
}

/// Reads one file.
///
/// *Errors*: the first thing that is not TOML or not of the language's shape, with its place.
pub fn parse<T: DeserializeOwned>(source: &Source) -> Result<T, Diagnostic> {
    control::check(source)?;
    toml::from_str(source.text()).map_err(|error| {
        let at = source.at(error.span().unwrap_or(0..0));
        let message = error.message().lines().next().unwrap_or("this is not TOML");
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let shape = |message: String| Diagnostic::error("E0101", message).at(&at, "here");
        match quoted.split_first() {
            // The likely key is worth more than serde's list of all.
            Some((unknown, known)) if message.starts_with("unknown field") => {
                shape(format!("there is no key `{unknown}` here"))
                    .did_you_mean(unknown, known.iter().copied())
            }
            Some((unknown, known)) if message.starts_with("unknown variant") => {
                shape(format!("`{unknown}` is none of the words that this key takes"))
                    .did_you_mean(unknown, known.iter().copied())
            }
            _ if message.starts_with("invalid type") => shape(wrong_kind(message)).help(right_kind(message)),
            Some((missing, _)) if message.starts_with("missing field") => {
                shape(format!("the key `{missing}` is missing")).help("this table cannot do without it")
            }
            Some(_) | None => shape(message.to_owned()),
        }
    })
}
