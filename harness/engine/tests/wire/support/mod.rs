//! A stub of a system under test, a recorder that remembers, and a stage that plays a small suite.

mod canary;
mod chronicle;
mod hostile;
mod raw;
mod stage;
mod store;
mod stub;
mod tls;

pub(crate) use canary::{Nose, canary, written};
pub(crate) use chronicle::{Chronicle, Trouble};
pub(crate) use hostile::{HostilePeer, Hostility};
pub(crate) use raw::{Quirk, RawStub, nobody};
pub(crate) use stage::{Played, Stage};
pub(crate) use store::Store;
pub(crate) use stub::{Answer, Seen, Stub, Tap};
pub(crate) use tls::{expired_stub, pem, tls_stub};
