#![doc = include_str!("../../ARCHITECTURE.md")]

pub mod archive;
pub mod checkup;
mod exclusive;
pub mod front;
pub mod gates;
pub mod history;
pub mod identity;
pub mod latest;
mod lines;
pub mod load;
pub mod merge;
pub mod pace;
pub mod past;
pub mod programs;
pub mod prune;
mod recording;
pub mod retention;
pub mod revision;
mod session;
pub mod shards;
mod signals;
pub mod sink;
pub mod sweep;
mod telling;
pub mod views;
mod whole;

pub use exclusive::ExclusiveError;
pub use harness_engine as engine;
pub use harness_model as model;
pub use harness_report as report;
pub use session::{Job, Process, SessionError};
