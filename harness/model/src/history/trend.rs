//! Trends: how arms and cases stood over many runs.
//!
//! Does not: decide a gate. `gates` does, and counts fewer runs.

use super::{Light, PastCase, PastRun};
use crate::name::CaseId;
use crate::share::{Hit, Share};
use crate::verdict::Verdict;
use indexmap::{IndexMap, IndexSet};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// What a trend is told of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Row {
    /// Of what kind it is.
    pub kind: RowKind,
    /// Its name.
    pub name: String,
}

/// Of what kind the subject of a trend is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// All cases of an arm.
    Arm,
    /// The cases of a scenario that no arm picked.
    Scenario,
    /// One case.
    Case,
}

/// How something stood over many runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// What it is told of.
    pub row: Row,
    /// Its light in each run, the oldest first; none where the run had none of its cases.
    pub lights: Vec<Option<Light>>,
    /// How many of its executed cases were flaky: passed after a retry, or red at a commit at which they also passed.
    pub flaky: Share,
    /// How long its cases took that ran to the end that was expected of them: the median, and what 95 of 100 do not exceed.
    pub took: Option<(Duration, Duration)>,
    /// The median of these in each run, in the order of the lights; none where no case of it ran to that end.
    pub medians: Vec<Option<Duration>>,
    /// The newest run in which all of it passed.
    pub last_green: Option<Mark>,
    /// The first run of the present streak of reds, when the newest run that says anything is red.
    pub first_red: Option<Mark>,
}

/// A run, as a trend names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The run.
    pub run: String,
    /// When it began.
    pub at: Timestamp,
    /// Its commit, where that is known.
    pub commit: Option<String>,
    /// The step and the cause, when it was red.
    pub cause: Option<String>,
}

impl Trend {
    /// How it stands now: its newest light that says something of it, and the newest of all where none does.
    pub fn state(&self) -> Option<Light> {
        let newest = || self.lights.iter().rev().flatten().copied();
        let telling = |light: &Light| matches!(light, Light::Green | Light::Soft | Light::Red);
        newest().find(telling).or_else(|| newest().next())
    }
}

impl PastCase {
    /// The arms that picked it; a case without any stands for its scenario.
    pub fn rows(&self) -> Vec<Row> {
        if self.arms.is_empty() {
            return vec![Row { kind: RowKind::Scenario, name: self.id.scenario().to_owned() }];
        }
        let arms = self.arms.iter();
        arms.map(|arm| Row { kind: RowKind::Arm, name: arm.to_string() }).collect()
    }

    /// The row of the case alone.
    pub fn row(&self) -> Row {
        Row { kind: RowKind::Case, name: self.id.to_string() }
    }
}

/// The trends of whatever a case stands for, over runs of which the oldest is the first.
pub fn trends(runs: &[PastRun], rows: impl Fn(&PastCase) -> Vec<Row>) -> Vec<Trend> {
    let green = greens(runs);
    let mut found: IndexMap<Row, Gathered> = IndexMap::new();
    for (position, run) in runs.iter().enumerate() {
        for case in &run.cases {
            for row in rows(case) {
                found.entry(row).or_default().take(position, run, case, &green);
            }
        }
    }
    let mut trends: Vec<Trend> = found.into_iter().map(|(row, gathered)| gathered.told(row, runs)).collect();
    trends.sort_by(|one, other| {
        (one.row.kind as u8, &one.row.name).cmp(&(other.row.kind as u8, &other.row.name))
    });
    trends
}

/// The runs that are the newest green of an arm, or of a scenario without any, on an environment, each with what it is that of;
/// of runs of which the oldest is the first. What passed on a platform that was broken on purpose is no green.
pub fn newest_greens(runs: &[PastRun]) -> BTreeMap<String, Vec<String>> {
    let mut newest: IndexMap<(Row, &str), &str> = IndexMap::new();
    for run in runs.iter().rev().filter(|run| !run.provenance.is_broken()) {
        let rows: IndexSet<Row> = run.cases.iter().flat_map(PastCase::rows).collect();
        for row in rows {
            let light = run.light(|case| case.rows().contains(&row));
            if light.is_some_and(Light::is_green) {
                newest.entry((row, &run.environment)).or_insert(&run.id);
            }
        }
    }
    let mut greens: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ((row, environment), run) in newest {
        greens.entry(run.to_owned()).or_default().push(format!("{} on {environment}", row.name));
    }
    greens
}

/// A case, an environment and a commit.
type Place<'a> = (&'a CaseId, &'a str, &'a str);

/// Where a case passed.
fn greens(runs: &[PastRun]) -> HashSet<Place<'_>> {
    let places = runs.iter().filter_map(|run| Some((run, run.provenance.commit.as_deref()?)));
    places
        .flat_map(|(run, commit)| {
            let passed = run.cases.iter().filter(|case| Light::of(case.verdict).is_green());
            passed.map(move |case| (&case.id, run.environment.as_str(), commit))
        })
        .collect()
}

/// What is gathered for a row.
#[derive(Default)]
struct Gathered {
    lights: IndexMap<usize, Light>,
    flaky: Share,
    took: IndexMap<usize, Vec<Duration>>,
    causes: IndexMap<usize, String>,
}

impl Gathered {
    fn take(&mut self, position: usize, run: &PastRun, case: &PastCase, green: &HashSet<Place<'_>>) {
        let light = Light::of(case.verdict);
        let of_run = run.light(|other| other.id == case.id).unwrap_or(light);
        let known = self.lights.entry(position).or_insert(of_run);
        *known = (*known).max(of_run);
        if light == Light::Red {
            let step = case.step.as_ref().map(|step| format!("{step}: ")).unwrap_or_default();
            self.causes.entry(position).or_insert_with(|| step + &case.cause);
        }
        if of_run == Light::Storm {
            return;
        }
        if matches!(light, Light::Green | Light::Soft | Light::Red) {
            let commit = run.provenance.commit.as_deref();
            let also_green =
                || commit.is_some_and(|commit| green.contains(&(&case.id, run.environment.as_str(), commit)));
            self.flaky.add(Hit::from(light == Light::Soft || (light == Light::Red && also_green())));
        }
        if light.is_green() || matches!(case.verdict, Verdict::KnownRed | Verdict::UnexpectedPass) {
            self.took.entry(position).or_default().push(case.elapsed);
        }
    }

    fn told(mut self, row: Row, runs: &[PastRun]) -> Trend {
        let lights: Vec<Option<Light>> =
            (0..runs.len()).map(|position| self.lights.get(&position).copied()).collect();
        let mark = |position: usize| {
            let run = &runs[position];
            Mark {
                run: run.id.clone(),
                at: run.began,
                commit: run.provenance.commit.clone(),
                cause: self.causes.get(&position).cloned(),
            }
        };
        let last_green = lights.iter().rposition(|light| light.is_some_and(Light::is_green)).map(mark);
        let first_red = streak_of_reds(&lights).map(mark);
        self.took.values_mut().for_each(|of_run| of_run.sort_unstable());
        let median = |position: usize| quantile(self.took.get(&position)?, 50);
        let medians = (0..runs.len()).map(median).collect();
        let mut all: Vec<Duration> = self.took.into_values().flatten().collect();
        all.sort_unstable();
        let took = quantile(&all, 50).zip(quantile(&all, 95));
        Trend { row, lights, flaky: self.flaky, took, medians, last_green, first_red }
    }
}

/// Where the present streak of reds begins. What says nothing does not end it.
fn streak_of_reds(lights: &[Option<Light>]) -> Option<usize> {
    let mut first = None;
    for (position, light) in lights.iter().enumerate().rev() {
        match light {
            Some(Light::Red) => first = Some(position),
            Some(Light::Green | Light::Soft) => break,
            Some(Light::Void | Light::Storm) | None => {}
        }
    }
    first
}

/// What so many of a hundred do not exceed, of durations in order: the nearest rank.
fn quantile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::{Row, RowKind, Trend, quantile, trends};
    use crate::exit::ExitCode;
    use crate::gates::Gate;
    use crate::history::{Light, PastCase, PastRun, Weather};
    use crate::name::{ArmName, CaseId};
    use crate::provenance::Provenance;
    use crate::share::Share;
    use crate::verdict::Verdict;
    use jiff::Timestamp;
    use proptest::prelude::*;
    use std::time::Duration;

    /// A run at a commit, with the verdicts of cases `s::0`, `s::1`, … of one arm.
    fn run(number: i64, commit: &str, verdicts: &[Verdict]) -> PastRun {
        let cases = verdicts.iter().enumerate().map(|(position, verdict)| PastCase {
            id: CaseId::new(format!("s::{position}")),
            arms: vec![ArmName::new("codex")],
            gate: Gate::Advisory,
            verdict: *verdict,
            step: None,
            cause: format!("cause {number}"),
            elapsed: Duration::from_secs(u64::try_from(number).unwrap() + 1),
            attempts: 1,
        });
        let mut run = PastRun {
            id: format!("r{number}"),
            suite: "sample".to_owned(),
            environment: "live".to_owned(),
            lane: None,
            provenance: Provenance { commit: Some(commit.to_owned()), ..Provenance::default() },
            began: Timestamp::from_second(1_800_000_000 + number * 3600).unwrap(),
            elapsed: Duration::from_secs(60),
            exit: ExitCode::Success,
            weather: Weather::Calm,
            cases: cases.collect(),
        };
        run.look_at_the_sky();
        run
    }

    fn only(runs: &[PastRun]) -> Trend {
        let mut found = trends(runs, PastCase::rows);
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    fn signs(trend: &Trend) -> String {
        trend.lights.iter().map(|light| light.map_or(' ', Light::sign)).collect()
    }

    #[test]
    fn a_row_has_a_sign_for_each_run_and_names_the_last_green_and_the_first_red() {
        use Verdict::{Failed, Flaky, Passed, Skipped};
        let runs = [
            run(0, "a", &[Passed, Passed]),
            run(1, "b", &[Flaky, Passed]),
            run(2, "c", &[Failed, Passed]),
            run(3, "d", &[Skipped, Skipped]),
            run(4, "e", &[Passed, Failed]),
        ];
        let trend = only(&runs);
        assert_eq!(signs(&trend), "+~x-x");
        assert_eq!(trend.last_green.unwrap().commit.as_deref(), Some("b"));
        let red = trend.first_red.unwrap();
        assert_eq!((red.commit.as_deref(), red.cause.as_deref()), (Some("c"), Some("cause 2")));
        assert_eq!(trend.flaky, Share { hits: 1, of: 8 });
        assert_eq!(trend.row, Row { kind: RowKind::Arm, name: "codex".to_owned() });
    }

    #[test]
    fn what_says_nothing_leaves_a_state_as_it_was() {
        use Verdict::{Errored, Failed, Flaky, Passed, Skipped};
        let state = |rows: &[&[Verdict]]| {
            let runs = rows.iter().zip(0..).map(|(verdicts, number)| run(number, "a", verdicts));
            only(&runs.collect::<Vec<_>>()).state()
        };
        assert_eq!(state(&[&[Passed; 6], &[Failed; 2], &[Skipped], &[Errored; 6]]), Some(Light::Red));
        assert_eq!(state(&[&[Failed; 2], &[Flaky]]), Some(Light::Soft));
        assert_eq!(state(&[&[Skipped], &[Errored; 6]]), Some(Light::Storm));
        assert_eq!(state(&[&[Errored; 6], &[Skipped]]), Some(Light::Void));
    }

    #[test]
    fn a_median_is_that_of_one_run_and_a_red_has_none() {
        let runs = [
            run(0, "a", &[Verdict::Passed]),
            run(1, "b", &[Verdict::Failed]),
            run(4, "c", &[Verdict::Flaky]),
        ];
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(only(&runs).medians, [seconds(1), None, seconds(5)]);
    }

    #[test]
    fn a_red_at_a_commit_that_also_passed_is_flaky_and_one_at_another_is_not() {
        let runs = [
            run(0, "a", &[Verdict::Failed]),
            run(1, "a", &[Verdict::Passed]),
            run(2, "b", &[Verdict::Failed]),
        ];
        assert_eq!(only(&runs).flaky, Share { hits: 1, of: 3 });
    }

    #[test]
    fn a_storm_is_neither_flaky_nor_red_nor_slow() {
        let runs = [
            run(0, "a", &[Verdict::Passed; 6]),
            run(1, "b", &[Verdict::Errored; 6]),
            run(2, "b", &[Verdict::Passed; 6]),
        ];
        let trend = only(&runs);
        assert_eq!((signs(&trend).as_str(), trend.flaky.hits, trend.first_red), ("+!+", 0, None));
        assert_eq!(trend.took, Some((Duration::from_secs(1), Duration::from_secs(3))));
    }

    #[test]
    fn four_red_cases_of_four_are_no_storm_and_five_of_five_are_one() {
        assert_eq!(run(0, "a", &[Verdict::Failed; 4]).weather, Weather::Calm);
        assert_eq!(run(0, "a", &[Verdict::Failed; 5]).weather, Weather::Storm);
        let some = [&[Verdict::Failed; 4][..], &[Verdict::Passed]].concat();
        assert_eq!(run(0, "a", &some).weather, Weather::Calm, "80 % are not more than 80 %");
    }

    #[test]
    fn the_newest_green_of_an_arm_is_the_newest_run_in_which_all_of_it_passed() {
        use Verdict::{Errored, Failed, Flaky, Passed, Skipped};
        let mut runs = vec![
            run(0, "a", &[Passed, Passed]),
            run(1, "b", &[Flaky, Passed]),
            run(2, "c", &[Passed, Failed]),
            run(3, "d", &[Passed, Skipped]),
            run(4, "e", &[Errored; 6]),
        ];
        runs[0].environment = "embedded".to_owned();
        let greens: Vec<_> = super::newest_greens(&runs).into_iter().collect();
        let of = |run: &str, what: &str| (run.to_owned(), vec![what.to_owned()]);
        assert_eq!(greens, [of("r0", "codex on embedded"), of("r1", "codex on live")]);
    }

    #[test]
    fn a_quantile_is_a_duration_that_was_measured() {
        let of = |count: u64| (1..=count).map(Duration::from_secs).collect::<Vec<_>>();
        for (count, percent, expected) in
            [(1, 50, Some(1)), (4, 50, Some(2)), (20, 95, Some(19)), (21, 95, Some(20)), (0, 50, None)]
        {
            assert_eq!(
                quantile(&of(count), percent).map(|found| found.as_secs()),
                expected,
                "{count} {percent}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_present_streak_begins_after_the_last_green(reds in prop::collection::vec(0_u8..4, 0..40)) {
            let verdict = |number: &u8| match number {
                0 => Verdict::Passed,
                1 => Verdict::Flaky,
                2 => Verdict::Failed,
                _ => Verdict::Skipped,
            };
            let runs: Vec<PastRun> =
                reds.iter().enumerate().map(|(at, number)| run(i64::try_from(at).unwrap(), "a", &[verdict(number)])).collect();
            for trend in trends(&runs, PastCase::rows) {
                let green = trend.last_green.as_ref().map(|mark| mark.at);
                let red = trend.first_red.as_ref().map(|mark| mark.at);
                if let (Some(green), Some(red)) = (green, red) {
                    prop_assert!(green < red);
                }
                let after = |at: &Timestamp| green.is_none_or(|green| *at > green);
                let reds = runs.iter().filter(|run| run.cases[0].verdict == Verdict::Failed);
                prop_assert_eq!(red, reds.map(|run| run.began).find(after));
            }
        }
    }
}
