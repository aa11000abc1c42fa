//! `max-skipped` of a lane: so many cases, or so many of a hundred.
//!
//! Does not: check the number.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;

/// How many cases may be skipped.
///
/// *Shape*: `2`, `"20%"`
#[derive(Debug, Clone)]
pub enum RawCeiling {
    /// So many cases.
    Cases(usize),
    /// A share, such as `20%`.
    Share(String),
}

impl<'de> Deserialize<'de> for RawCeiling {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = RawCeiling;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number of cases or a share such as \"20%\"")
            }

            fn visit_str<E>(self, text: &str) -> Result<RawCeiling, E> {
                Ok(RawCeiling::Share(text.to_owned()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<RawCeiling, E> {
                usize::try_from(number)
                    .map(RawCeiling::Cases)
                    .map_err(|_negative| E::custom("no run skips fewer cases than none"))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for RawCeiling {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Ceiling".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": r"^([0-9]|[1-9][0-9])%$" },
            ]
        })
    }
}
