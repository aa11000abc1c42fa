//! The pure ground floor: suites as text go in, plans, events, reports and exit codes come out.
//!
//! The stages, in the order in which a run goes through them: [`raw`] → [`validate`] → [`suite`] → [`matrix`] →
//! [`selection`] → [`gate`] → [`plan`] → [`event`] → [`report`] → [`exit`].
//!
//! Does not: read files, clocks, environment variables or randomness, and does not print.

pub mod action;
pub mod alert;
pub mod below;
pub mod case;
pub mod cause;
pub mod changes;
pub mod checkup;
pub mod choose;
pub mod codes;
mod connectives;
pub mod context;
mod counted;
pub mod demand;
pub mod detect;
pub mod diagnostic;
pub mod documents;
pub mod edge;
pub mod estate;
pub mod estimate;
pub mod event;
pub mod exit;
pub mod expression;
pub mod gate;
pub mod gates;
pub mod github;
pub mod history;
pub mod host;

mod joined;
pub mod keep;
pub mod known;
pub mod layers;
pub mod log_schema;
pub mod matrix;
pub mod name;
pub mod overrides;
pub mod pass;
pub mod plan;
pub mod proof;
pub mod provenance;
pub mod raw;
pub mod reading;
pub mod report;
pub mod retry;
pub mod schema;
pub mod selection;
pub mod shard;
pub mod share;
mod shared;
pub mod signs;
pub mod source;
pub mod storm;
pub mod story;
pub mod suite;
pub mod template;
pub mod trace;
pub mod transport;
pub mod units;
pub mod validate;
pub mod verdict;
pub mod weaken;
pub mod why;
