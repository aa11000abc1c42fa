//! A stub of a system under test, a recorder that remembers, and a stage that plays a small suite.

mod chronicle;
mod raw;
mod stage;
mod store;
mod stub;

pub(crate) use chronicle::{Chronicle, Moment, Trouble};
pub(crate) use raw::{Quirk, RawStub};
pub(crate) use stage::{Played, Stage};
pub(crate) use store::Store;
pub(crate) use stub::{Answer, Seen, Stub};
