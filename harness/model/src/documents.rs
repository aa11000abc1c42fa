//! The JSON documents that commands write for programs, each described by a schema that is derived from what is written.
//!
//! Does not: describe the log, the report, the history or the review of gates; each has its schema where it is made.

use crate::alert::{ALERT_VERSION, AlertPlan};
use crate::checkup::{CHECKUP_VERSION, Checkup};
use crate::detect::{DETECTION_VERSION, Detection};
use crate::plan::{PLAN_VERSION, PlanDocument};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The schemas, each with its file.
pub fn schemas() -> [(&'static str, Value); 4] {
    [
        ("docs/plan.schema.json", of::<PlanDocument>("What `shakedown plan --json` says", PLAN_VERSION)),
        ("docs/checkup.schema.json", of::<Checkup>("What `shakedown doctor --json` says", CHECKUP_VERSION)),
        (
            "docs/detection.schema.json",
            of::<Detection>("What `shakedown detect --json` says", DETECTION_VERSION),
        ),
        ("docs/alert.schema.json", of::<AlertPlan>("What `shakedown alert` says", ALERT_VERSION)),
    ]
}

/// The schema of a document as it is written, not as it may be read: what is always written is required.
fn of<T: JsonSchema>(title: &str, version: u32) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("x-version".to_owned(), version.into());
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}
