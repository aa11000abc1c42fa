//! The catalogue of faults, for whoever shows it.
//!
//! Does not: say which of them a suite must notice; its `faults.toml` does.

use super::forms::{FORMS, Parameter};
use super::inside::Fault;

/// Where a fault sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// Inside the platform: only the embedded one has it.
    Inside,
    /// On the wire: any target has it, behind the proxy.
    Wire,
}

/// A fault as the catalogue has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultRow {
    /// Its name.
    pub name: &'static str,
    /// What is wrong then, in a sentence.
    pub meaning: &'static str,
    /// Where it bites: a route of the contract, or what the platform does by itself.
    pub place: &'static str,
    /// What it is about, in a word.
    pub topic: &'static str,
    /// Where it sits.
    pub kind: FaultKind,
    /// What it takes besides a limit; for one on the wire, besides `on` too.
    pub parameters: &'static [Parameter],
    /// A text that asks for it.
    pub example: &'static str,
}

/// Every fault, topic by topic, those inside first.
pub fn catalogue() -> impl Iterator<Item = FaultRow> {
    let inside = |fault: &Fault| FaultRow {
        name: fault.name(),
        meaning: fault.meaning(),
        place: fault.place(),
        topic: fault.topic(),
        kind: FaultKind::Inside,
        parameters: &[],
        example: fault.name(),
    };
    let wire = FORMS.iter().map(|form| FaultRow {
        name: form.name,
        meaning: form.meaning,
        place: "the requests that `on` means",
        topic: "wire",
        kind: FaultKind::Wire,
        parameters: form.parameters,
        example: form.example,
    });
    Fault::ALL.iter().map(inside).chain(wire)
}

#[cfg(test)]
mod tests {
    use super::{FaultKind, catalogue};
    use crate::fault::Defect;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_can_be_asked_for_by_its_example_and_no_name_is_there_twice() {
        let mut names = BTreeSet::new();
        for row in catalogue() {
            let defect: Defect = row.example.parse().unwrap();
            let is_wire = row.kind == FaultKind::Wire;
            assert_eq!((defect.name(), defect.is_on_wire()), (row.name, is_wire), "{}", row.example);
            assert!(names.insert(row.name), "{} is there twice", row.name);
            assert!(row.meaning.ends_with('.') && !row.place.is_empty(), "{}", row.name);
        }
        assert!(names.len() >= 134, "{} faults", names.len());
    }
}
