//! The doors to the world: HTTP, child processes, time, and the redactor that stands between them and the log.
//!
//! Does not: know steps, cases or verdicts.

pub mod bell;
pub mod edge;
mod escapes;
pub(crate) mod events;
mod failure;
mod forms;
pub mod http;
pub(crate) mod limits;
pub(crate) mod meter;
pub mod process;
pub mod reach;
pub mod redact;
pub(crate) mod reply;
mod request;
pub(crate) mod text;
mod twins;
mod upload;
pub(crate) mod veil;
pub mod wait;
pub mod webhook;
