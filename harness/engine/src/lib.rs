//! The wing that talks to the system under test: environments, actions, waiting, ownership.
//!
//! Does not: talk to people or to disk; what happens goes to a [`journal::Recorder`].

pub mod action;
mod below;
mod capability;
pub mod case;
mod check;
pub mod checkup;
mod edge;
mod endpoint;
pub mod environment;
mod evidence;
pub mod fixture;
mod hearing;
pub mod journal;
pub mod machine;
pub mod net;
pub mod ownership;
mod patience;
pub mod run;
mod send;
mod shared;
mod step;
pub mod sweep;
mod trace;
mod wake;
mod walk;
mod watch;
