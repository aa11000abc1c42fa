//! The JSON documents that commands write for programs, each described by a schema that is derived from what is written.
//!
//! Does not: describe the log, the report, the history or the review of gates; each has its schema where it is made.

use crate::alert::{ALERT_VERSION, AlertPlan, Policy};
use crate::checkup::{CHECKUP_VERSION, Checkup};
use crate::detect::{DETECTION_VERSION, Detection};
use crate::github::Chunk;
use crate::plan::{PLAN_VERSION, PlanDocument};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The schemas, each with its file.
pub fn schemas() -> [(&'static str, Value); 6] {
    [
        ("docs/plan.schema.json", of::<PlanDocument>("What `shakedown plan --json` says", PLAN_VERSION)),
        ("docs/checkup.schema.json", of::<Checkup>("What `shakedown doctor --json` says", CHECKUP_VERSION)),
        (
            "docs/detection.schema.json",
            of::<Detection>("What `shakedown detect --json` says", DETECTION_VERSION),
        ),
        ("docs/alert.schema.json", of::<AlertPlan>("What `shakedown alert` says", ALERT_VERSION)),
        ("docs/alert-policy.schema.json", bare::<Policy>("What `shakedown alert` says without a tracker")),
        ("docs/matrix.schema.json", bare::<Chunk>("What `shakedown plan --github` says")),
    ]
}

/// The schema of a document as it is written, not as it may be read: what is always written is required.
fn of<T: JsonSchema>(title: &str, version: u32) -> Value {
    let mut schema = bare::<T>(title);
    schema["x-version"] = version.into();
    schema
}

/// The same of a document that has no version in it: whoever reads it takes no other key, or comes with the same commit.
fn bare<T: JsonSchema>(title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}
