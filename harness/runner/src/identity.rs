//! Who a run is: a name of its own, from the clock and from chance.
//!
//! Does not: keep a registry; eight random digits are enough to be alone on a target.

use harness_engine::run::RunIdentity;
use harness_model::event::Writer;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::fs;

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

/// What somebody calls a run: what `E2E_RUN_ID` holds, as the names of things may have it.
///
/// Lowercase letters, digits and `-`; of a long one the end, because that is where the numbers of runs differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// With `e2e-`, the day and eight random digits, a name of 32 characters: as long as that of an organisation may be.
    const LONGEST: usize = 10;

    /// Takes of a text what a name may have; none when that is nothing.
    pub fn new(text: &str) -> Option<Self> {
        let plain = text.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
        let joined = words.join("-");
        let end = &joined[joined.len().saturating_sub(Self::LONGEST)..];
        let end = end.trim_start_matches('-');
        (!end.is_empty()).then(|| Self(end.to_owned()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new identity; the random digits in it are its own, whatever else it is called.
///
/// *Errors*: the system gives no random bytes.
pub fn new(label: Option<&Label>) -> Result<RunIdentity, NoRandomness> {
    let token = format!("{:08x}", getrandom::u32().map_err(NoRandomness)?);
    let at = now().to_zoned(TimeZone::UTC);
    let date = at.strftime("%Y%m%d").to_string();
    let id = format!("{date}-{}-{token}", at.strftime("%H%M%S"));
    let name = label.map_or_else(|| id.clone(), |label| format!("{date}-{}-{token}", label.as_str()));
    Ok(RunIdentity { id, name, token, date })
}

/// The identity of a run, read off its name again: what it was called is what its things are called.
pub(crate) fn of_run(id: &str) -> Option<RunIdentity> {
    let mut parts = id.split('-');
    let (date, _time, token) = (parts.next()?, parts.next()?, parts.next()?);
    let is_ours = parts.next().is_none() && [date, token].iter().all(|part| part.len() == 8);
    is_ours.then(|| RunIdentity {
        id: id.to_owned(),
        name: id.to_owned(),
        token: token.to_owned(),
        date: date.to_owned(),
    })
}

/// This process, as its log names it.
pub(crate) fn writer() -> Writer {
    let pid = std::process::id();
    Writer { pid, started: started(pid) }
}

/// Whether a process that a log names is still there; unknown where the system does not tell.
pub(crate) fn is_alive(writer: &Writer) -> bool {
    writer.started.is_some() && started(writer.pid) == writer.started
}

/// When a process started, in ticks since the machine did; none when it is gone, or ended and not yet collected.
fn started(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program stands in brackets and may hold anything; the state is the first field after it.
    let mut fields = status.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let ticks = fields.nth(18)?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some(ticks)
}

#[cfg(test)]
mod tests {
    use super::{Label, is_alive, new, of_run, writer};
    use harness_model::event::Writer;

    #[test]
    fn the_identity_of_a_run_is_in_its_name() {
        let identity = new(None).unwrap();
        assert_eq!(identity.name, identity.id);
        let again = of_run(&identity.id).unwrap();
        assert_eq!((again.token, again.date), (identity.token, identity.date));
        for other in ["", "a-run", "20261121-040312", "20261121-040312-9f86d081-more"] {
            assert!(of_run(other).is_none(), "{other}");
        }
    }

    #[test]
    fn what_somebody_calls_a_run_is_in_the_name_of_what_it_creates_and_no_two_runs_share_one() {
        let cases = [
            ("081500-4711", Some("81500-4711")),
            ("17283946501-2", Some("83946501-2")),
            ("Nightly #7", Some("nightly-7")),
            ("a-very-long-name", Some("long-name")),
            ("--", None),
            ("äöü", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Label::new(text).as_ref().map(Label::as_str), expected, "{text}");
        }
        let label = Label::new("081500-4711");
        let (one, other) = (new(label.as_ref()).unwrap(), new(label.as_ref()).unwrap());
        assert_ne!(one.name, other.name);
        assert!(one.name.ends_with(&format!("-81500-4711-{}", one.token)), "{}", one.name);
        assert_eq!(format!("e2e-{}", one.name).len(), 32);
        assert!(of_run(&one.id).is_some());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_lives_and_one_that_had_its_number_before_does_not() {
        let here = writer();
        assert!(is_alive(&here));
        assert!(!is_alive(&Writer { started: here.started.map(|ticks| ticks - 1), ..here.clone() }));
        assert!(!is_alive(&Writer { started: None, ..here }));
    }
}
