//! A proof for a page: the rows that do not hold first, then the kill table.
//!
//! Does not: say more than the text does.

use super::{Proof, Row};
use crate::format::code;
use crate::shown::uncommanding;
use harness_model::units::count;

/// As much of a name as is shown.
const NAME: usize = 200;
/// As much of a sentence as is shown.
const SENTENCE: usize = 400;

/// With what every proof of this format begins; nobody sees it.
const MARK: &str = "<!-- shakedown proof -->\n";

impl Proof {
    /// It for a page or a comment.
    pub fn markdown(&self) -> String {
        let exit = self.exit();
        let sign = if exit.code() == 0 { "✅" } else { "❌" };
        let (suite, environment) = (code(&self.suite, NAME), code(&self.environment, NAME));
        let (rows, counts) = (count(self.rows.len(), "row"), self.counts());
        let through = self.through.as_ref().map(|url| format!(" through {}", code(url, SENTENCE)));
        let through = through.unwrap_or_default();
        let of = if self.selection.is_empty() {
            String::new()
        } else {
            format!(" ({})", code(&self.selection, SENTENCE))
        };
        let head = format!(
            "{MARK}## {sign} proof of {suite} on {environment}{through}{of}: exit {}\n\n{rows}: {counts}\n",
            exit.code()
        );
        let reds = self.baseline.reds.iter().map(|found| {
            [code(found.case.as_str(), NAME), found.verdict.to_string(), code(&found.said, SENTENCE)]
        });
        let broken = self.broken().map(|row| {
            let again = row.again.as_deref().unwrap_or_default();
            let [fault, scenario, must] = cells(row);
            [fault, scenario, must, format!("**{}**", row.outcome), code(again, SENTENCE)]
        });
        let all = self.rows.iter().map(|row| {
            let [fault, scenario, must] = cells(row);
            [fault, scenario, must, row.outcome.to_string()]
        });
        let inside = self.inside.iter().map(|row| {
            let fault = code(&row.faults.join(" + "), NAME);
            [fault, code(row.scenario.as_str(), NAME), code(&row.place, NAME)]
        });
        let left_out = self.left_out.iter().map(|left| {
            let missing = left.missing.iter().map(|name| code(name, NAME));
            [code(left.case.as_str(), NAME), missing.collect::<Vec<_>>().join(", ")]
        });
        let gaps = self.gaps.iter().map(|gap| {
            let why = gap.why.as_deref().unwrap_or_default();
            [code(&gap.fault, NAME), code(&gap.meaning, SENTENCE), code(why, SENTENCE)]
        });
        let text = head
            + &table("Not green with nothing broken", ["case", "verdict", "cause"], reds)
            + &table("Rows that do not hold", ["fault", "scenario", "must", "came", "again"], broken)
            + &table("Every row", ["fault", "scenario", "must", "came"], all)
            + &table("Cases that rows match and that did not run", ["case", "missing"], left_out)
            + &table("Rows that need the inside", ["fault", "scenario", "written"], inside)
            + &table("Faults that no row is about", ["fault", "what is wrong then", "why"], gaps);
        uncommanding(&text).into_owned()
    }
}

fn cells(row: &Row) -> [String; 3] {
    [code(&row.fault(), NAME), code(row.scenario.as_str(), NAME), code(&row.must.to_string(), NAME)]
}

/// A section with a table; nothing without rows.
fn table<const N: usize>(heading: &str, head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rows: String = rows.map(|row| line(&row)).collect();
    if rows.is_empty() {
        return rows;
    }
    let (head, rule) = (head.map(str::to_owned), vec!["---".to_owned(); N]);
    format!("\n### {heading}\n\n{}{}{rows}", line(&head), line(&rule))
}
