//! `scenarios/FAULTS.md`: what each fault of the catalogue is noticed by, from the fault rows of every suite.
//!
//! Does not: prove it. `shakedown prove` does.

use super::markdown::{code, table};
use crate::embedded::known_faults;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::load;
use harness_runner::model::suite::{FaultRow, Must, Suite, fault_name};
use harness_runner::model::units::count;

/// Where the page is, below the root.
pub(super) const FILE: &str = "scenarios/FAULTS.md";

const HEAD: &str = "\
<!-- Written by `shakedown generate`; edit faults.toml instead. -->

# Faults

What the suites notice of a platform that is broken on purpose: for each fault what is wrong then, and the scenarios that
must turn red, each in its step and for its cause. `shakedown prove SUITE` runs every row against a platform of its own.
";

/// The page; none when no suite has a fault row.
///
/// *Errors*: a suite is not right.
pub(super) fn page(settings: &Settings) -> Result<Option<String>, StartError> {
    let mut page = HEAD.to_owned();
    for name in load::suites(&settings.root) {
        let suite = job::load_suite(&name, settings)?;
        if !suite.faults.is_empty() {
            page.push_str(&section(&suite));
        }
    }
    Ok(Some(page).filter(|page| page != HEAD))
}

fn section(suite: &Suite) -> String {
    let (mut noticed, mut survived, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for (name, meaning) in known_faults() {
        let rows: Vec<&FaultRow> =
            suite.faults.iter().filter(|row| row.texts().any(|text| fault_name(text) == name)).collect();
        let told = |is_noticed: bool| {
            let rows = rows.iter().filter(|row| row.is_noticed() == is_noticed);
            rows.map(|row| cell(name, row)).collect::<Vec<_>>().join("<br>")
        };
        let meaning = meaning.to_owned();
        if rows.is_empty() {
            let why = suite.gaps.iter().find(|gap| gap.fault.value == name).map(|gap| gap.why.clone());
            left.push([code(name), meaning, why.unwrap_or_else(|| "**nobody has said why**".to_owned())]);
            continue;
        }
        for (list, told) in [(&mut noticed, told(true)), (&mut survived, told(false))] {
            if !told.is_empty() {
                list.push([code(name), meaning.clone(), told]);
            }
        }
    }
    let part = |heading: &str, third: &str, rows: &[[String; 3]]| match rows {
        [] => String::new(),
        rows => {
            let faults = count(rows.len(), "fault");
            format!("\n### {heading}: {faults}\n\n{}", table(["fault", "what is wrong then", third], rows))
        }
    };
    format!(
        "\n## {}\n\n{}, {}.\n{}{}{}",
        suite.name,
        count(suite.faults.len(), "row"),
        count(suite.scenarios.len(), "scenario"),
        part("Noticed", "who notices, and where", &noticed),
        part("Survived", "who must not mind", &survived),
        part("Noticed by nobody", "why", &left),
    )
}

/// What a row says of a fault, in a cell.
fn cell(name: &str, row: &FaultRow) -> String {
    let what = match &row.must {
        Must::TurnRed { step, cause } => format!("{} in {}, {cause}", row.scenario, code(step.as_str())),
        Must::Leak(kind) => format!("{}: its {kind} is told as left behind", row.scenario),
        Must::Survive => row.scenario.to_string(),
    };
    if row.fault() == name { what } else { format!("{what}: {}", code(&row.fault())) }
}
