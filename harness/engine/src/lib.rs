//! The wing that talks to the system under test: environments, actions, waiting, ownership.
//!
//! Does not: talk to people or to disk; what happens goes to a [`journal::Recorder`].

pub mod action;
pub mod case;
mod check;
pub mod environment;
pub mod fixture;
mod hearing;
pub mod journal;
pub mod net;
pub mod ownership;
pub mod run;
mod send;
mod step;
pub mod sweep;
mod trace;
mod wake;
mod walk;
mod watch;
