//! `docs/diagnostics.md`: every code, as `shakedown explain` tells it.
//!
//! Does not: explain; the codes do.

use super::markdown::{block, code, table};
use harness_runner::model::codes::{self, Example};

const HEAD: &str = "\
<!-- Written by `shakedown generate`; edit harness/model/src/codes instead. -->

# Diagnostics

Whatever is wrong with a suite is said before anything starts, with a code, the place, and how to mend it; the exit code is
2. Per file the first mistake of its shape, then every other mistake of every file at once. `W…` codes are warnings: they
are shown, and the run goes on. `shakedown explain E0311` says the same as this page.

In the examples a line `#--- suite.toml` names the file that the lines below it belong to; without one they are a scenario.

";

/// The page.
pub(super) fn page() -> String {
    codes::all()
        .fold(HEAD.to_owned() + &list() + "\n", |page, explained| {
            let section = format!("## {}: {}\n\n{}\n", explained.code, explained.title, explained.meaning);
            let example = match explained.example {
                Example::Files { .. } => format!("\n{}", block("diff", &explained.example.difference())),
                Example::Absence => String::new(),
            };
            page + &section + &example + "\n"
        })
        .trim_end()
        .to_owned()
        + "\n"
}

/// The codes and their titles, as a table.
pub(super) fn list() -> String {
    let rows: Vec<[String; 2]> =
        codes::all().map(|explained| [code(explained.code), explained.title.to_owned()]).collect();
    table(["code", "what is wrong"], &rows)
}
