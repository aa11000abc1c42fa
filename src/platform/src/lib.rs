//! An AI-agent platform in one process: control plane, tenants, workspaces and their agents, over real HTTP and
//! a real database.
//!
//! It implements the staging platform's contract so that a test suite can run against it on a laptop, and it can be
//! asked to be wrong in known ways ([`Fault`]). What goes wrong on the wire needs no such platform: a [`Proxy`] has it in
//! front of any other.
//!
//! Does not: know anything of who tests it.

mod admission;
mod audit;
mod catalogue;
mod clock;
mod database;
mod delegation;
mod envelope;
mod fault;
mod hierarchy;
mod id;
mod lifecycle;
mod listener;
mod monitors;
mod options;
mod org_clock;
mod outbound;
mod platform;
mod problem;
mod profile;
mod proxy;
mod queue;
mod rate;
mod recorder;
mod redact;
mod routes;
mod runtimes;
mod state;
mod system;
mod tiers;
mod token;
mod views;
mod wire;

pub use self::audit::{Audit, AuditRow, Door, Stray};
pub use self::catalogue::{runtimes, templates};
pub use self::database::DatabaseError;
pub use self::fault::{
    Bites, Defect, Effect, Fault, FaultError, FaultKind, FaultRow, Faults, Form, Limit, Need, On, OnReply,
    OnRequest, Page, Parameter, Pointer, Share, Wire, catalogue as fault_rows,
};
pub use self::options::{Options, Timings};
pub use self::platform::{Census, Platform, StartError};
pub use self::profile::{Profile, UnknownProfile};
pub use self::proxy::{Proxy, ProxyError};
pub use self::rate::RateLimit;
pub use self::routes::{Route, Server, routes};
