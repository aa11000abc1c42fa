//! What a platform is started with.
//!
//! Does not: read any environment variable or file.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::fault::Faults;
use crate::profile::Profile;
use crate::rate::RateLimit;

/// The settings of one platform.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the control plane listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The directory of the database; `None` for a private one that ends with the platform.
    pub data: Option<PathBuf>,
    /// The control plane's admin token; `None` for the stored one, or a minted one.
    pub admin_token: Option<String>,
    /// The version of the platform to be.
    pub profile: Profile,
    /// The defects to have besides.
    pub faults: Faults,
    /// How many requests an address may send to each server; `None` for any number.
    pub rate_limit: Option<RateLimit>,
    /// How long things take.
    pub timings: Timings,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: None,
            admin_token: None,
            profile: Profile::default(),
            faults: Faults::none(),
            rate_limit: None,
            timings: Timings::default(),
        }
    }
}

/// How long the platform takes over things that take time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// From the creation of an organisation until it runs.
    pub org_boot: Duration,
    /// From `provisioning` until `online`.
    pub workspace_boot: Duration,
    /// From a message until its activity row.
    pub activity_lag: Duration,
    /// From `hibernating` until `hibernated`.
    pub hibernation: Duration,
    /// From a delegation that found nobody until its second attempt; eight seconds in the contract.
    pub delegation_retry: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            org_boot: Duration::from_millis(150),
            workspace_boot: Duration::from_millis(250),
            activity_lag: Duration::from_millis(20),
            hibernation: Duration::from_millis(30),
            delegation_retry: Duration::from_millis(80),
        }
    }
}
