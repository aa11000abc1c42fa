//! Faults: what the platform, or a proxy in front of one, can be asked to do wrong.
//!
//! A [`Fault`] sits inside the platform and bites in exactly one place. A [`Wire`] fault sits in front of it and needs
//! no inside knowledge. Either may be limited ([`Limit`]): to the nth time that it could bite, to the first ones, or
//! to a share of them.
//!
//! *Shape*: a text, [`Defect`]:
//!
//! ```text
//! fault  = name | name ":" key "=" value ("," key "=" value)*
//! create-500                                         always
//! create-500:nth=2                                   only the second time that it could bite
//! status:on=GET /workspaces/*,is=503,first=3         the first three times
//! status:on=GET /workspaces/*,after=POST /workspaces/*/pause,is=503,nth=1   the first time after a pause
//! json:on=GET /workspaces/*,at=/status,share=0.25,seed=7,to="failed"
//! ```
//!
//! Does not: act. The place that misbehaves asks [`Armed::has`]; what happens on the wire is `wire`'s.

mod armed;
mod defect;
mod effect;
mod error;
mod forms;
mod inside;
mod limit;
mod on;
mod parameters;
mod pointer;
mod rows;
mod wire;

pub use self::armed::Bites;
pub(crate) use self::armed::{Armed, ArmedFault};
pub use self::defect::{Defect, Faults};
pub use self::effect::{Effect, OnReply, OnRequest, Page};
pub use self::error::FaultError;
pub use self::forms::{Form, Need, Parameter};
pub use self::inside::Fault;
pub use self::limit::{Limit, Share};
pub use self::on::On;
pub use self::pointer::Pointer;
pub use self::rows::{FaultKind, FaultRow, catalogue};
pub use self::wire::Wire;
