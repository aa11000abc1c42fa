//! The faults of one running platform or proxy, and how often each has bitten.
//!
//! A *chance* is a time at which a fault would change what happens. So the question is asked last, when everything else
//! is decided and the answer alone decides: `is_refused && !faults.has(…)`, never the other way round. What is asked for
//! all the same and changes nothing would count as a bite, and a limit would be used up by it.
//!
//! Chances are counted in the order in which they arise. Of requests that are under way at the same time, that is the
//! order of arrival: how many of them a limit lets through is certain, which ones is not.
//!
//! Does not: know what a bite does.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::http::Method;
use serde::Serialize;

use super::defect::{Defect, Faults};
use super::inside::Fault;
use super::wire::Wire;

/// How often a fault has bitten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bites {
    /// The fault, as it is written.
    pub fault: String,
    /// How often it could have.
    pub chances: u64,
    /// How often it has.
    pub bites: u64,
}

/// A fault with its counters.
#[derive(Debug)]
pub(crate) struct ArmedFault {
    defect: Defect,
    /// Whether the request has come that it waits for.
    is_due: AtomicBool,
    chances: AtomicU64,
    bites: AtomicU64,
}

impl ArmedFault {
    /// Counts a chance; whether the fault takes it.
    pub(crate) fn bites(&self) -> bool {
        let earlier = self.chances.fetch_add(1, Ordering::Relaxed);
        let is_bite = self.defect.limit().allows(earlier.saturating_add(1));
        if is_bite {
            self.bites.fetch_add(1, Ordering::Relaxed);
        }
        is_bite
    }

    /// Whether it is about a request, and has nothing left to wait for.
    fn is_about(&self, method: &Method, path: &str) -> bool {
        self.wire().is_some_and(|wire| wire.on.covers(method, path)) && self.is_due.load(Ordering::Relaxed)
    }

    /// Has seen a request: if it waits for this one, it is due from the next on.
    fn sees(&self, method: &Method, path: &str) {
        let after = self.wire().and_then(|wire| wire.after.as_ref());
        if after.is_some_and(|after| after.covers(method, path)) {
            self.is_due.store(true, Ordering::Relaxed);
        }
    }

    /// The wire fault that it is, if it is one.
    pub(crate) fn wire(&self) -> Option<&Wire> {
        match &self.defect {
            Defect::Wire(wire, _) => Some(wire),
            Defect::Inside(..) => None,
        }
    }
}

/// The faults of one running platform or proxy.
#[derive(Debug, Default)]
pub(crate) struct Armed(Vec<ArmedFault>);

impl Armed {
    /// None of them has bitten yet.
    pub(crate) fn new(faults: &Faults) -> Self {
        let armed = |defect: &Defect| {
            let is_due = !matches!(defect, Defect::Wire(wire, _) if wire.after.is_some());
            let (is_due, defect) = (is_due.into(), defect.clone());
            ArmedFault { defect, is_due, chances: 0.into(), bites: 0.into() }
        };
        Self(faults.iter().map(armed).collect())
    }

    /// Counts a chance of `fault`; whether it bites now.
    pub(crate) fn has(&self, fault: Fault) -> bool {
        let is_it =
            |armed: &&ArmedFault| matches!(armed.defect, Defect::Inside(inside, _) if inside == fault);
        // Every one of them counts, also after one has bitten.
        self.0.iter().filter(is_it).filter(|armed| armed.bites()).count() > 0
    }

    /// Whether any is in front of the platform.
    pub(crate) fn is_on_wire(&self) -> bool {
        self.0.iter().any(|armed| armed.wire().is_some())
    }

    /// Those that are about a request that has come, in the order in which they were asked for. Those that wait for such
    /// a request are due from the next on.
    pub(crate) fn about(&self, method: &Method, path: &str) -> Vec<&ArmedFault> {
        let about = self.0.iter().filter(|armed| armed.is_about(method, path)).collect();
        self.0.iter().for_each(|armed| armed.sees(method, path));
        about
    }

    /// How often each has bitten so far.
    pub(crate) fn bitten(&self) -> Vec<Bites> {
        let of = |armed: &ArmedFault| Bites {
            fault: armed.defect.to_string(),
            chances: armed.chances.load(Ordering::Relaxed),
            bites: armed.bites.load(Ordering::Relaxed),
        };
        self.0.iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Armed, Bites, Fault, Faults};
    use crate::fault::Defect;

    #[test]
    fn chances_and_bites_are_counted_for_each_fault() {
        let faults: Faults = ["a2a-echo:nth=2", "a2a-echo:nth=3", "a2a-html"]
            .map(|text| text.parse::<Defect>().unwrap())
            .into_iter()
            .collect();
        let armed = Armed::new(&faults);
        assert_eq!([(); 4].map(|()| armed.has(Fault::A2aEcho)), [false, true, true, false]);
        assert!(!armed.has(Fault::Create500));
        let bites = |fault: &str, chances, bites| Bites { fault: fault.to_owned(), chances, bites };
        assert_eq!(
            armed.bitten(),
            [bites("a2a-echo:nth=2", 4, 1), bites("a2a-echo:nth=3", 4, 1), bites("a2a-html", 0, 0)]
        );
    }
}
