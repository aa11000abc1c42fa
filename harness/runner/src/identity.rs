//! Who a run is: a name of its own, from the clock and from chance.
//!
//! Does not: keep a registry; eight random digits are enough to be alone on a target.

use harness_engine::run::RunIdentity;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The time of day, for the log and for marks that expire.
#[expect(clippy::disallowed_methods, reason = "the one wall clock of the runner")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Today, in UTC as staging counts.
pub fn today() -> Date {
    now().to_zoned(TimeZone::UTC).date()
}

/// A system without randomness.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness(#[source] getrandom::Error);

/// A new identity.
///
/// *Errors*: the system gives no random bytes.
pub fn new() -> Result<RunIdentity, NoRandomness> {
    let token = format!("{:08x}", getrandom::u32().map_err(NoRandomness)?);
    let at = now().to_zoned(TimeZone::UTC);
    let date = at.strftime("%Y%m%d").to_string();
    Ok(RunIdentity { id: format!("{date}-{}-{token}", at.strftime("%H%M%S")), token, date })
}
