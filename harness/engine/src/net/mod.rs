//! The doors to the world: HTTP, time, and the redactor that stands between them and the log.
//!
//! Does not: know steps, cases or verdicts.

mod escapes;
mod forms;
pub mod http;
pub mod redact;
pub mod wait;
