//! What was sent and what was run, and what came of it, as a log keeps them.
//!
//! Does not: send or run anything.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A request and what came back, redacted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The headers of the request.
    pub request_headers: Vec<(String, String)>,
    /// The body of the request, cut when it is long.
    pub request_body: Option<String>,
    /// The variable that stands for its token, for whoever repeats it: the setting that the credential is, or else one that
    /// is named after the credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// The status; none when no reply came.
    pub status: Option<u16>,
    /// The headers of the reply.
    pub response_headers: Vec<(String, String)>,
    /// The body of the reply, cut when it is long; what went wrong when there is none.
    pub response_body: String,
    /// How long it took.
    #[serde(with = "super::seconds")]
    #[schemars(with = "f64")]
    pub elapsed: Duration,
}

/// A program that was run and what it said, redacted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProgramRun {
    /// The program, as the suite names it.
    pub program: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// The names of the variables that it got, without their values.
    pub env: Vec<String>,
    /// Its exit code; none when a signal ended it, or when it did not end by itself.
    pub exit: Option<i32>,
    /// What it wrote to standard output, cut when it is long.
    pub stdout: String,
    /// What it wrote to standard error, cut when it is long; what went wrong when it could not be run.
    pub stderr: String,
    /// How many bytes of both were not kept at all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
    /// How long it took.
    #[serde(with = "super::seconds")]
    #[schemars(with = "f64")]
    pub elapsed: Duration,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
