//! Measures views of a large run: 10,000 cases with 20 steps each, every format, each in a process of its own; and what it
//! costs to write such a log.
//!
//! `cargo run --release -p harness-report --example views`; with `-- again LOG` what it costs to write that log again, to be
//! compared with the CPU time of the run that wrote it.
//!
//! Everything printed was measured in this run; nothing is compared with a stored figure.
//!
//! Does not: assert. A noisy machine is no failure.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measuring program starts, times and samples processes, and prints what it found"
)]

use harness_model::event::{Event, Exchange, Record, Scope, StepOutcome, VERSION};
use harness_model::exit::{FlakyPolicy, Policy, SkipPolicy};
use harness_model::gate::Decision;
use harness_model::gates::Gate;
use harness_model::name::{ArmName, CaseId, EnvironmentName, StepName};
use harness_model::reading::{Depth, Reading};
use harness_model::report::RunReport;
use harness_model::story::Stories;
use harness_model::verdict::{Ending, Verdict};
use harness_report::{Account, Closing, Comparison, Format, Told};
use std::collections::HashMap;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const CASES: usize = 10_000;
const STEPS: usize = 20;

/// What a view of such a run may take.
const SECONDS: f64 = 2.0;
const MEGABYTES: u64 = 300;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["once", format, log] => once(format.parse()?, Path::new(log)),
        ["compared", log] => compared(Path::new(log)),
        ["again", log] => again(Path::new(log)),
        _ => measure(),
    }
}

fn measure() -> Outcome<()> {
    let log = std::env::temp_dir().join(format!("views-{}.jsonl", std::process::id()));
    let measured = write(&log).and_then(|()| {
        let formats = Format::all().map(|(_, word, _)| vec!["once", word]);
        for arguments in formats.chain([vec!["compared"]]) {
            let output = Command::new(std::env::current_exe()?).args(arguments).arg(&log).output()?;
            print!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    });
    fs::remove_file(&log)?;
    measured
}

/// Writes the log as a run does: an event, a line, a write, and the fold of it.
fn write(path: &Path) -> Outcome<()> {
    let mut pen = Pen { file: File::create(path)?, report: RunReport::default(), lines: 0, bytes: 0 };
    let started = cpu()?;
    pen.write(&run_started())?;
    for number in 0..CASES {
        pen.write(&Event::CasePlanned {
            case: case(number),
            arms: vec![ArmName::new("codex")],
            gate: Gate::Required,
            decision: Decision::Run,
            chosen: Vec::new(),
        })?;
    }
    for number in 0..CASES {
        let scope = Scope::Case(case(number));
        for step in 0..STEPS {
            let step = StepName::new(format!("step {step}"));
            pen.write(&Event::StepStarted { scope: scope.clone(), step: step.clone() })?;
            pen.write(&Event::Exchange { scope: scope.clone(), step: step.clone(), exchange: exchange() })?;
            let (outcome, elapsed) = (StepOutcome::Passed, Duration::from_millis(40));
            pen.write(&Event::StepEnded { scope: scope.clone(), step, outcome, elapsed, attempts: 1 })?;
        }
        let ending = ending(number);
        pen.write(&Event::CaseEnded { case: case(number), ending, elapsed: Duration::from_secs(1) })?;
    }
    let exit = pen.report.exit();
    pen.write(&Event::RunEnded { exit, lines: None })?;
    pen.tell(cpu()?.saturating_sub(started));
    Ok(())
}

struct Pen {
    file: File,
    report: RunReport,
    lines: usize,
    bytes: usize,
}

impl Pen {
    fn write(&mut self, event: &Event) -> Outcome<()> {
        let record = Record { at: jiff::Timestamp::now(), event: event.clone() };
        let mut line = serde_json::to_vec(&record)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.report.apply(event);
        (self.lines, self.bytes) = (self.lines + 1, self.bytes + line.len());
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "lines and bytes of a log are far below 2^52")]
    fn tell(&self, used: Duration) {
        println!(
            "a log of {} lines, {:.0} MB: written in {:.2} s of CPU, {:.1} µs a line",
            self.lines,
            self.bytes as f64 / 1e6,
            used.as_secs_f64(),
            used.as_secs_f64() * 1e6 / self.lines as f64
        );
    }
}

/// Reads a log and writes it again, beside it; only the writing is counted.
fn again(log: &Path) -> Outcome<()> {
    let beside = log.with_extension("again");
    let mut events = Vec::new();
    read(log, Depth::Events, &mut |event| events.push(event))?;
    let mut pen = Pen { file: File::create(&beside)?, report: RunReport::default(), lines: 0, bytes: 0 };
    let started = cpu()?;
    for _ in 0..10 {
        events.iter().try_for_each(|event| pen.write(event))?;
    }
    pen.tell(cpu()?.saturating_sub(started));
    println!("(ten times the log)");
    Ok(fs::remove_file(&beside)?)
}

fn read(log: &Path, depth: Depth, take: &mut dyn FnMut(Event)) -> Outcome<Reading> {
    let (mut reading, mut lines, mut line) =
        (Reading::default(), BufReader::new(File::open(log)?), Vec::new());
    loop {
        line.clear();
        lines.read_until(b'\n', &mut line)?;
        let Some((b'\n', whole)) = line.split_last() else { return Ok(reading) };
        if let Some(event) = reading.line(whole, depth)? {
            take(event.event);
        }
    }
}

fn once(format: Format, log: &Path) -> Outcome<()> {
    let started = Instant::now();
    let reading = read(log, Depth::Report, &mut drop)?;
    let (began, elapsed, report) = (reading.began(), reading.elapsed(), reading.into_report());
    let read = started.elapsed();
    let closing = Closing {
        elapsed,
        recording: &log.display().to_string(),
        views: &[],
        forgotten: None,
        retained: None,
        sinks: &[],
    };
    let told = format.opened(&report).map(|opened| stories(log, opened)).transpose()?;
    let text = format.render(&Account::new(&report, closing).began(began).told(told.as_ref()));
    tell(format.word(), (started.elapsed(), read), text.len())
}

/// Reads the log twice, as two runs would be, and compares them.
fn compared(log: &Path) -> Outcome<()> {
    let started = Instant::now();
    let before = read(log, Depth::Report, &mut drop)?.into_report();
    let after = read(log, Depth::Report, &mut drop)?.into_report();
    let read = started.elapsed();
    let text = Comparison::new(&before, &after)?.json();
    tell("comparison", (started.elapsed(), read), text.len())
}

fn tell(word: &str, (took, read): (Duration, Duration), bytes: usize) -> Outcome<()> {
    let (took, read, peak) = (took.as_secs_f64(), read.as_secs_f64(), peak()?);
    println!(
        "{word:<12} {took:.2} s (reading {read:.2} s), {:.0} % of {SECONDS} s; peak {peak} MB, {} % of {MEGABYTES} MB; {} KB",
        took / SECONDS * 100.0,
        peak * 100 / MEGABYTES,
        bytes / 1000
    );
    Ok(())
}

/// What the log tells of single cases, as whoever opens a recording reads it.
fn stories(log: &Path, opened: Vec<CaseId>) -> Outcome<Told> {
    let (mut stories, mut lines, mut line) =
        (Stories::with(opened), BufReader::new(File::open(log)?), Vec::new());
    loop {
        line.clear();
        lines.read_until(b'\n', &mut line)?;
        let Some((b'\n', whole)) = line.split_last() else { break };
        stories.line(whole)?;
    }
    Ok(Told { stories, past: HashMap::new() })
}

/// The most memory that this process had.
fn peak() -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak")?;
    Ok(peak.split_whitespace().next().ok_or("no number")?.parse::<u64>()? * 1024 / 1_000_000)
}

/// CPU time of this process.
fn cpu() -> Outcome<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit_once(')').ok_or("no name")?.1.split_whitespace().collect();
    let ticks: u64 =
        fields.get(11).ok_or("no time")?.parse::<u64>()? + fields.get(12).ok_or("no time")?.parse::<u64>()?;
    // Linux counts in hundredths of a second.
    Ok(Duration::from_millis(ticks * 10))
}

fn run_started() -> Event {
    Event::RunStarted {
        version: VERSION,
        run: "20261121-064206-581bb85d".to_owned(),
        suite: "scale".to_owned(),
        lane: None,
        lane_because: None,
        expects: None,
        notes: Vec::new(),
        environment: EnvironmentName::new("live"),
        because: "SCALE_URL is set".to_owned(),
        selection: String::new(),
        policy: Policy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass },
        provenance: Box::default(),
        process: None,
        plan: None,
        again: Box::default(),
        shard: None,
    }
}

fn case(number: usize) -> CaseId {
    CaseId::new(format!("provision::pause-resume::codex::n{number:05}"))
}

/// One red in ten, with a reply.
fn ending(number: usize) -> Ending {
    if !number.is_multiple_of(10) {
        return Ending::new(Verdict::Passed, "");
    }
    let cause = format!(
        "expect  body.status == 'paused'\n  actual  body.status = \"online\"\n  reply   200 {}",
        "{\"id\":\"ac86cf03\",\"name\":\"e2e\"} ".repeat(50)
    );
    Ending {
        step: Some(StepName::new("paused")),
        place: Some("scenarios/scale/provision.toml:41".to_owned()),
        ..Ending::new(Verdict::Failed, cause)
    }
}

fn exchange() -> Box<Exchange> {
    let header = |name: &str| (name.to_owned(), "application/json; charset=utf-8".to_owned());
    Box::new(Exchange {
        method: "GET".to_owned(),
        url: "http://127.0.0.1:8080/workspaces/ac86cf03-9a52-4ab5-8f43-22a1c1ee2d1f".to_owned(),
        request_headers: ["accept", "content-type", "x-org"].map(header).into(),
        request_body: None,
        credential: None,
        status: Some(200),
        response_headers: ["content-type", "date", "x-request-id"].map(header).into(),
        response_body: "{\"id\":\"ac86cf03\",\"status\":\"online\"} ".repeat(20),
        elapsed: Duration::from_millis(3),
    })
}
