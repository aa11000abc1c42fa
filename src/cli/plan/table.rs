//! The table of a plan, for any width.
//!
//! What does not fit gives way in this order: what every case says the same is said once above, reasons go below their
//! rows, and at last every case has lines of its own.
//!
//! Does not: know the terminal. It is told a width, or that lines may be as long as they like.

use super::grid::{Grid, Reasons};
use super::schedule;
use crate::cli::page::{GAP, options};
use harness_runner::model::gates::Gate;
use harness_runner::model::plan::{Forecast, PlanDocument, PlannedCase};
use harness_runner::model::units;
use harness_runner::report::Paint;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::time::Duration;

/// The columns between the id and the decision.
const BETWEEN: [Column; 4] = [Column::Arms, Column::Gate, Column::Deadline, Column::Estimate];

/// The width of the words in front of a line of the header.
const LABEL: usize = 9;

/// How many cases that are left out are listed below the table.
const LISTED: usize = 10;

pub(super) const UNKNOWN: &str = "–";

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Arms,
    Gate,
    Deadline,
    Estimate,
}

impl Column {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Arms => "arms",
            Self::Gate => "gate",
            Self::Deadline => "deadline",
            Self::Estimate => "estimate",
        }
    }

    pub(super) fn cell(self, case: &PlannedCase) -> String {
        match self {
            Self::Arms if case.arms.is_empty() => UNKNOWN.to_owned(),
            Self::Arms => case.arms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            Self::Gate => gate(case.gate).to_owned(),
            Self::Deadline => units::display(case.timeout),
            Self::Estimate => case.estimate.map_or_else(|| UNKNOWN.to_owned(), units::display),
        }
    }

    /// What every case says the same.
    fn shared(self, cases: &[PlannedCase]) -> Option<String> {
        let first = self.cell(cases.first()?);
        cases.iter().all(|case| self.cell(case) == first).then_some(first)
    }
}

/// The word for a gate.
pub(super) fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Required => "required",
        Gate::Advisory => "advisory",
    }
}

/// Draws a plan within so many columns.
pub(super) fn render(plan: &PlanDocument, columns: Option<usize>, paint: Paint) -> String {
    let columns = columns.unwrap_or(usize::MAX);
    let mut above = header(plan);
    let full = Grid::new(plan, &BETWEEN, columns, paint);
    let table = full.render(Reasons::Beside).unwrap_or_else(|| {
        let (shared, kept): (Vec<Column>, Vec<Column>) =
            BETWEEN.into_iter().partition(|column| column.shared(&plan.cases).is_some());
        let values = shared.into_iter().filter_map(|column| Some((column, column.shared(&plan.cases)?)));
        let said = values.filter(|(_, value)| value != UNKNOWN);
        above.extend(said.map(|(column, value)| line(column.title(), &format!("{value}, every case"))));
        let short = Grid::new(plan, &kept, columns, paint);
        let beside = short.render(Reasons::Beside);
        beside.or_else(|| short.render(Reasons::Below)).unwrap_or_else(|| short.stacked())
    });
    let name = title(plan);
    let above = above.iter().flat_map(|line| fit(line, columns));
    let below = footer(plan).into_iter().flat_map(|line| fit(&line, columns)).collect::<Vec<_>>();
    let lines = above.map(|line| line.replacen(&name, &paint.strong(&name), 1));
    let lines = lines.chain([String::new()]).chain(table).chain([String::new()]).chain(below);
    lines.map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A line that is too long goes on below, behind its label.
fn fit(line: &str, columns: usize) -> Vec<String> {
    let indent = " ".repeat(LABEL + GAP.len());
    textwrap::wrap(line, options(columns).subsequent_indent(&indent))
        .into_iter()
        .map(Cow::into_owned)
        .collect()
}

fn line(label: &str, value: &str) -> String {
    format!("{label:<LABEL$}{GAP}{value}")
}

fn title(plan: &PlanDocument) -> String {
    format!("{} on {}", plan.suite, plan.environment)
}

fn header(plan: &PlanDocument) -> Vec<String> {
    let selection = if plan.selection.is_empty() { "everything" } else { &plan.selection };
    let estimates = match plan.estimated_from {
        0 => format!("none yet: they come from earlier runs on {} in .shakedown/runs", plan.environment),
        1 => format!("from one earlier run on {}", plan.environment),
        runs => format!("median of {runs} earlier runs on {}", plan.environment),
    };
    let title = format!("{} ({})", title(plan), plan.because);
    let demands = plan.demands.as_ref().map(|demands| line("demands", &demands.to_string()));
    let lines = std::iter::once(title).chain(lane(plan)).chain(demands);
    let overrides = (!plan.overrides.is_empty()).then(|| line("replaced", &bindings(&plan.overrides)));
    let lines = lines.chain(overrides).chain(plan.notes.iter().map(|note| line("note", note)));
    let shard = schedule::shard(plan).map(|shard| line("shard", &shard));
    let order = schedule::order(plan).map(|order| line("order", &order));
    let rest = [line("cases", &counts(plan)), line("estimates", &estimates)];
    let lines = lines.chain([line("selected", selection)]).chain(shard).chain(rest).chain(order);
    lines.collect()
}

/// The lane: why it is that one, how long a run of it may take, what it binds, and with what it should end.
fn lane(plan: &PlanDocument) -> Option<String> {
    let name = plan.lane.as_ref()?;
    let because = plan.lane_because.iter().map(|because| format!(" ({because})"));
    let within = plan.timeout.iter().map(|timeout| format!(", within {}", units::display(*timeout)));
    let bound = Some(bindings(&plan.lane_bindings)).filter(|bound| !bound.is_empty());
    let bound = bound.iter().map(|bound| format!(", binds {bound}"));
    let expects = plan.expects.iter().map(|exit| format!(", exit {} is good", exit.code()));
    let said: String = because.chain(within).chain(bound).chain(expects).collect();
    Some(line("lane", &format!("{name}{said}")))
}

fn bindings(bindings: &Map<String, Value>) -> String {
    bindings.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
}

fn counts(plan: &PlanDocument) -> String {
    let counts = Forecast::ALL.into_iter().map(|forecast| (forecast, plan.counts.of(forecast)));
    // Without REQUIRE_LIVE nothing can be refused, so nobody has to read that nothing was.
    let counted = counts.filter(|(forecast, count)| *forecast != Forecast::Refused || *count > 0);
    let words = counted.map(|(forecast, count)| format!("{count} {}", forecast.words()));
    words.collect::<Vec<_>>().join(" · ")
}

fn footer(plan: &PlanDocument) -> Vec<String> {
    let mut lines = vec![counts(plan)];
    let (selection, cover) = (plan.left_out.selection, &plan.left_out.cover);
    let all = plan.cases.len() + selection + cover.len();
    if selection > 0 {
        lines.push(format!("{selection} of {all} cases left out by the selection"));
    }
    if !cover.is_empty() {
        let listed = if cover.len() > LISTED { "; --json lists them" } else { "" };
        lines.push(format!("{} of {all} cases left out by cover{listed}", cover.len()));
        lines.extend(cover.iter().filter(|_| listed.is_empty()).map(|case| format!("{GAP}{case}")));
    }
    lines
        .extend(plan.estimate.map(|estimate: Duration| format!("about {} in all", units::display(estimate))));
    lines
}

#[cfg(test)]
mod tests {
    use super::render;
    use harness_runner::model::plan::{PlanDocument, read};
    use harness_runner::report::Paint;
    use textwrap::core::display_width;

    fn case(id: &str, gate: &str, decision: &str, reason: &str) -> String {
        let arm = id.rsplit("::").next().unwrap_or(id);
        format!(
            r#"{{"id": "{id}", "scenario": "provision", "keys": {{}}, "tags": [], "arms": ["{arm}"], "gate": "{gate}",
                 "decision": "{decision}", "reason": {reason}, "timeout": 4500.0, "estimate": null}}"#
        )
    }

    fn document() -> PlanDocument {
        let cases = [
            case("provision::steady::claude-code::MiniMax-M2.7", "required", "run", "null")
                .replace("\"estimate\": null", "\"estimate\": 61.5"),
            case(
                "provision::steady::hermes::openai/gpt-4o",
                "advisory",
                "skipped",
                "\"missing E2E_OPENAI_API_KEY\"",
            ),
            case(
                "provision::steady::google-adk::platform:gemini-2.5-pro",
                "advisory",
                "blocked",
                "\"needs server-side identity federation (owner platform, expires 2027-03-31)\"",
            ),
            case(
                "provision::steady::google-adk::gemini-2.5-pro",
                "advisory",
                "known-red",
                "\"until the manifest lists google-adk (expires 2027-03-31)\"",
            ),
        ];
        let text = format!(
            r#"{{"version": 1, "suite": "staging", "environment": "live", "because": "MOLECULE_CP_URL is set",
                 "lane": "canary", "selection": "E2E_LIFECYCLE=steady", "left-out": {{"selection": 28, "cover": []}}, "estimated-from": 7, "estimate": null,
                 "counts": {{"run": 1, "known-red": 1, "blocked": 1, "skipped": 1, "refused": 0}}, "cases": [{}]}}"#,
            cases.join(",")
        );
        read(&text).expect("a plan")
    }

    #[test]
    fn a_plan_is_legible_in_60_80_110_and_200_columns_and_without_a_limit() {
        for columns in [Some(60), Some(80), Some(110), Some(200), None] {
            let text = render(&document(), columns, Paint::Never);
            let widest = text.lines().map(display_width).max();
            assert!(widest <= columns.or(widest), "{columns:?}: {widest:?}\n{text}");
            let name = columns.map_or("unlimited".to_owned(), |columns| columns.to_string());
            insta::assert_snapshot!(name, text);
        }
    }

    #[test]
    fn colour_changes_nothing_but_the_colour() {
        for columns in [Some(60), Some(110), Some(200)] {
            let painted = render(&document(), columns, Paint::Always);
            let mut plain = String::new();
            for part in painted.split('\u{1b}') {
                plain.push_str(if plain.is_empty() && !painted.starts_with('\u{1b}') {
                    part
                } else {
                    part.split_once('m').map_or(part, |(_, text)| text)
                });
            }
            assert_ne!(plain, painted);
            let trimmed: Vec<&str> = plain.lines().map(str::trim_end).collect();
            assert_eq!(trimmed.join("\n") + "\n", render(&document(), columns, Paint::Never));
        }
    }

    #[test]
    fn an_id_is_never_cut() {
        let mut document = document();
        let long = format!("provision::{}", "very-long-value::".repeat(8));
        document.cases[0].id = harness_runner::model::name::CaseId::new(long.clone());
        assert!(render(&document, Some(60), Paint::Never).contains(&format!("\n{long}\n")));
    }
}
