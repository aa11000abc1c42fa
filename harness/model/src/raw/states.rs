//! `[resource.X.states]`: the edges that a resource may take.
//!
//! Does not: know any state by name.

use super::{Spanned, Text, shape};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// An edge to the next state, with or without a budget.
///
/// *Shape*: `"online"`, or `{ to = "online", within = "15m" }`
#[derive(Debug)]
pub struct RawEdge {
    /// The next state.
    pub to: Text,
    /// How long the resource may take from entering the one to entering the other, a duration or a template of one.
    pub within: Option<Text>,
}

/// `{ to = …, within = … }`: an edge with a budget.
///
/// ```toml
/// [resource.workspace]
/// key     = "name"
/// find    = "flows/find-workspace"
/// release = "flows/delete-workspace"
/// gone    = "flows/workspace-gone"
/// states  = { provisioning = [{ to = "online", within = "15m" }, "removed"] }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawBudgetedEdge {
    /// The next state.
    ///
    /// *Shape*: `to = "online"`
    pub to: Text,
    /// How long the resource may take from entering the one to entering the other, a duration or a template of one.
    ///
    /// *Shape*: `within = "{{ online_budget }}"`
    #[schemars(with = "shape::LateDuration")]
    pub within: Text,
}

impl JsonSchema for RawEdge {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RawEdge".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        shape::Edge::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for RawEdge {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Either>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(match spanned.into_inner() {
            Either::Name(to) => Self { to: Spanned::new(span, to), within: None },
            Either::Budgeted(edge) => Self { to: edge.to, within: Some(edge.within) },
        })
    }
}

enum Either {
    Name(String),
    Budgeted(RawBudgetedEdge),
}

impl<'de> Deserialize<'de> for Either {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Either;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a state, or { to = \"state\", within = \"15m\" }")
            }

            fn visit_str<E>(self, name: &str) -> Result<Either, E> {
                Ok(Either::Name(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Either, A::Error> {
                RawBudgetedEdge::deserialize(MapAccessDeserializer::new(map)).map(Either::Budgeted)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
