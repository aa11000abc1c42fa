//! Measures the ground floor: load, validate, expand and decide, for our own suite and for 100,000 cells.
//!
//! Does not: start a run.

use crate::{Outcome, kib_to_mb, millis};
use harness_runner::load;
use harness_runner::model::gate::{Availability, LiveRequirement};
use harness_runner::model::name::EnvironmentName;
use harness_runner::model::plan::{Circumstances, Plan};
use harness_runner::model::selection::Selection;
use harness_runner::model::validate::compile;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const CELLS: usize = 100_000;
const TIMES: usize = 21;

/// Measures each in processes of their own, so that the peak of memory is theirs.
pub(crate) fn measure() -> Outcome<()> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    report("the staging suite", &sample(own, "staging", "embedded")?);
    let root = tempfile::TempDir::new()?;
    write_suite(root.path())?;
    report("100,000 cells", &sample(root.path(), "cells", "live")?);
    Ok(())
}

/// One measurement, for the process that started this one: microseconds, KiB, cases.
pub(crate) fn once(root: &str, suite: &str, environment: &str) -> Outcome<()> {
    let started = Instant::now();
    let text = load::suite(Path::new(root), suite)?;
    let suite = compile(&text).map_err(|found| format!("{found:?}"))?;
    let circumstances = Circumstances {
        environment: EnvironmentName::new(environment),
        lane: None,
        variables: BTreeMap::new(),
        available: Availability {
            secrets: BTreeSet::new(),
            tools: BTreeSet::new(),
            lacks_live: Vec::new(),
            live: LiveRequirement::Optional,
            today: "2026-11-21".parse()?,
        },
    };
    let plan = Plan::new(Arc::new(suite), &Selection::default(), &circumstances);
    let plan = plan.map_err(|found| format!("{found:?}"))?;
    let elapsed = started.elapsed();
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak of memory")?;
    let peak = peak.split_whitespace().next().ok_or("no peak of memory")?;
    println!("{} {peak} {}", elapsed.as_micros(), plan.cases.len());
    Ok(())
}

struct Sample {
    elapsed: Duration,
    peak_kib: u64,
    cases: usize,
}

fn sample(root: &Path, suite: &str, environment: &str) -> Outcome<Vec<Sample>> {
    let mut samples = Vec::new();
    for _ in 0..TIMES {
        let mut command = Command::new(std::env::current_exe()?);
        let output = command.args(["once".as_ref(), root.as_os_str()]).args([suite, environment]).output()?;
        let line = String::from_utf8(output.stdout)?;
        let mut numbers = line.split_whitespace().map(str::parse::<u64>);
        let mut next =
            || numbers.next().ok_or("a number is missing")?.map_err(Box::<dyn std::error::Error>::from);
        let elapsed = Duration::from_micros(next()?);
        samples.push(Sample { elapsed, peak_kib: next()?, cases: usize::try_from(next()?)? });
    }
    samples.sort_by_key(|sample| sample.elapsed);
    Ok(samples)
}

fn report(what: &str, samples: &[Sample]) {
    let peak = samples.iter().map(|sample| sample.peak_kib).max().unwrap_or_default();
    println!(
        "load, validate, expand and decide {what}: {} cases, median {:.1} ms of {TIMES}, fastest {:.1} ms, peak {:.0} MB",
        samples[0].cases,
        millis(samples[TIMES / 2].elapsed),
        millis(samples[0].elapsed),
        kib_to_mb(peak)
    );
}

/// A bundle, three axes, an exclude, an include, arms, conditions and deadlines.
fn write_suite(root: &Path) -> Outcome<()> {
    let folder = root.join("scenarios/cells");
    fs::create_dir_all(&folder)?;
    let suite = "[suite]\nname = \"cells\"\n[environment.live]\n[service.api]\nbase = \"http://127.0.0.1:1\"\n\
        [bind]\nbudget = \"15m\"\ndialect = \"1.0\"\nplace = \"here\"\nworkspace_name = \"e2e-{{ case.token }}\"\n";
    fs::write(folder.join("suite.toml"), suite)?;
    let list = |name: &str, count: usize| {
        let values: Vec<String> = (0..count).map(|number| format!("\"{name}{number}\"")).collect();
        format!("{name} = [{}]\n", values.join(", "))
    };
    let mut scenario = format!(
        "[scenario]\nname = \"cells\"\n[matrix]\n{}{}{}exclude = [{{ region = \"region0\", size = \"size0\" }}]\n\
         include = [{{ region = \"region1\", note = \"extra\" }}]\n",
        list("region", 40),
        list("life", 5),
        list("size", 10)
    );
    for number in 0..CELLS / 2000 {
        write!(
            scenario,
            "[[matrix.agent]]\nruntime = \"runtime{}\"\nmodel = \"model{number}\"\n",
            number % 10
        )?;
    }
    for number in 0..10 {
        write!(
            scenario,
            "[[arm]]\nname = \"arm{number}\"\nmatch = {{ runtime = \"runtime{number}\" }}\n\
             bind = {{ budget = \"{}m\", provider = \"p{number}\" }}\n",
            10 + number
        )?;
    }
    for life in 0..5 {
        write!(
            scenario,
            "[[step]]\nname = \"step{life}\"\nwhen = \"life == 'life{life}' and size != 'size3'\"\n\
             run.http = {{ on = \"api\", path = \"/{{{{ runtime }}}}/{{{{ workspace_name }}}}\" }}\n\
             poll = {{ until = \"body.ready\", every = \"2s\", within = \"{{{{ budget }}}}\" }}\n"
        )?;
    }
    Ok(fs::write(folder.join("cells.toml"), scenario)?)
}
