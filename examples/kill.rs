//! Kills whole runs of the staging suite with SIGKILL at random instants, sweeps, and asks the platform what is left.
//!
//! `cargo run --example kill -- [KILLS] [SEED]`, after `cargo build`.
//!
//! The platform is `shakedown serve --data` in another process, so that it outlives every run. At the end its roster,
//! its open sockets and its database are asked; anything that is left is an error.
//!
//! Does not: know what a run was doing when it died. The log of that run does, and the sweep reads it.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measuring program starts, kills and waits for processes, and prints what it found"
)]

use shakedown_platform::{Options, Platform};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How many kills one sweep cleans up after.
const PER_SWEEP: u32 = 10;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let number = |position| std::env::args().nth(position).map(|text| text.parse::<u64>()).transpose();
    let kills = u32::try_from(number(1)?.unwrap_or(200))?;
    let seed = number(2)?.unwrap_or_else(|| u64::from(std::process::id()));
    println!("{kills} kills, seed {seed}");
    let mut ground = Ground::prepare()?;
    let whole = ground.clean_run()?;
    println!("a whole run takes {:.2} s; a kill comes within as much", whole.as_secs_f64());
    let (mut chance, mut tally, started) = (Chance(seed | 1), Tally::default(), Instant::now());
    while tally.killed < kills {
        for _ in 0..PER_SWEEP.min(kills - tally.killed) {
            ground.killed_run(chance.up_to(whole), &mut tally)?;
        }
        ground.sweep(&mut tally)?;
    }
    tally.print(started.elapsed());
    ground.nothing_is_left()
}

/// Numbers that follow from a seed: xorshift.
struct Chance(u64);

impl Chance {
    fn up_to(&mut self, most: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let part = u32::try_from(self.0 >> 32).unwrap_or(u32::MAX);
        most.mul_f64(f64::from(part) / f64::from(u32::MAX))
    }
}

#[derive(Default)]
struct Tally {
    killed: u32,
    missed: u32,
    instants: BTreeMap<&'static str, u32>,
    gone: BTreeMap<String, u32>,
    sweeps: Vec<Duration>,
}

impl Tally {
    fn print(&self, elapsed: Duration) {
        println!(
            "{} runs killed, {} had ended before their kill, in {:.0} s",
            self.killed,
            self.missed,
            elapsed.as_secs_f64()
        );
        for (instant, count) in &self.instants {
            println!("  {count:4} killed {instant}");
        }
        for (kind, count) in &self.gone {
            println!("  {count:4} left as {kind}, and shown gone by a sweep");
        }
        let longest = self.sweeps.iter().max().copied().unwrap_or_default();
        println!("{} sweeps, the longest {:.1} s", self.sweeps.len(), longest.as_secs_f64());
    }
}

/// A platform, and a root with our suites whose live environment it is.
struct Ground {
    shakedown: PathBuf,
    root: TempDir,
    data: TempDir,
    platform: Child,
    _lines: BufReader<std::process::ChildStdout>,
    variables: BTreeMap<String, String>,
}

impl Ground {
    fn prepare() -> Outcome<Self> {
        let here = std::env::current_exe()?;
        let shakedown = here.ancestors().nth(2).ok_or("no target folder")?.join("shakedown");
        let (root, data) = (TempDir::new()?, TempDir::new()?);
        for folder in ["scenarios", "templates"] {
            copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &root.path().join(folder))?;
        }
        // What a staging far away needs minutes for takes seconds here; a lost reply is waited for as long as a request.
        let path = root.path().join("scenarios/staging/suite.toml");
        let suite = fs::read_to_string(&path)?;
        let quick = "[environment.live]\npoll-every = \"50ms\"\npoll-within = \"20s\"\n";
        let suite = suite.replace("[environment.live]\n", quick);
        fs::write(&path, suite.replace("[suite]\n", "[suite]\nrequest-timeout = \"2s\"\n"))?;
        let mut serve = Command::new(&shakedown);
        serve.args(["serve", "--data"]).arg(data.path()).env_clear().stdout(Stdio::piped());
        let mut platform = serve.spawn()?;
        let mut lines = BufReader::new(platform.stdout.take().ok_or("the platform has no output")?);
        let mut variables = BTreeMap::new();
        for key in ["OPENAI", "MINIMAX", "GOOGLE", "ANTHROPIC"] {
            variables.insert(format!("E2E_{key}_API_KEY"), "not-a-real-key".to_owned());
        }
        // In these minutes pass, and that platform has no clock that a run could advance.
        variables.insert("E2E_TAG".to_owned(), "!waits".to_owned());
        for _ in 0..3 {
            let mut line = String::new();
            lines.read_line(&mut line)?;
            let (name, value) = line.trim().split_once('=').ok_or("not NAME=value")?;
            variables.insert(name.to_owned(), value.to_owned());
        }
        Ok(Self { shakedown, root, data, platform, _lines: lines, variables })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.shakedown);
        command.args(arguments).arg("--root").arg(self.root.path()).env_clear().envs(&self.variables);
        command
    }

    /// How long a run takes that nobody kills.
    fn clean_run(&self) -> Outcome<Duration> {
        let started = Instant::now();
        let status =
            self.command(&["run", "staging"]).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        let elapsed = started.elapsed();
        fs::remove_dir_all(self.runs())?;
        if status.success() { Ok(elapsed) } else { Err(format!("the clean run ended with {status}").into()) }
    }

    fn runs(&self) -> PathBuf {
        self.root.path().join(".shakedown/runs")
    }

    fn killed_run(&self, after: Duration, tally: &mut Tally) -> Outcome<()> {
        let before = folders(&self.runs())?;
        let mut run =
            self.command(&["run", "staging"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        thread::sleep(after);
        if run.try_wait()?.is_some() {
            tally.missed += 1;
            return Ok(());
        }
        run.kill()?;
        run.wait()?;
        tally.killed += 1;
        let new = folders(&self.runs())?.into_iter().find(|folder| !before.contains(folder));
        let log = new.map(|folder| fs::read(folder.join("events.jsonl"))).transpose()?.unwrap_or_default();
        *tally.instants.entry(instant(&String::from_utf8_lossy(&log))).or_default() += 1;
        Ok(())
    }

    fn sweep(&self, tally: &mut Tally) -> Outcome<()> {
        let started = Instant::now();
        let output = self.command(&["sweep"]).output()?;
        tally.sweeps.push(started.elapsed());
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            return Err(
                format!("{}\n{said}{}", output.status, String::from_utf8_lossy(&output.stderr)).into()
            );
        }
        for line in said.lines().filter_map(|line| line.strip_prefix("  gone   ")) {
            let kind = line.split(' ').next().unwrap_or_default();
            *tally.gone.entry(kind.to_owned()).or_default() += 1;
        }
        Ok(())
    }

    /// Asks the platform in three ways.
    fn nothing_is_left(&mut self) -> Outcome<()> {
        let listeners = listeners(self.platform.id())?;
        let again = self.command(&["sweep", "--dry-run"]).output()?;
        let labelled = self.command(&["sweep", "staging", "--older-than", "1ms", "--dry-run"]).output()?;
        self.platform.kill()?;
        self.platform.wait()?;
        let options = Options { data: Some(self.data.path().to_owned()), ..Options::default() };
        let census = tokio::runtime::Runtime::new()?.block_on(async {
            let platform = Platform::start(options).await?;
            let census = platform.census().await;
            platform.stop().await;
            Ok::<_, Box<dyn Error>>(census?)
        })?;
        println!("the platform's database has {} orgs and {} workspaces", census.orgs, census.workspaces);
        println!(
            "it listened on {listeners} sockets: its control plane's is one, every tenant and agent has its own"
        );
        let silent = [&again, &labelled].into_iter().all(knows_of_nothing);
        println!("the logs and the label {}", if silent { "know of nothing" } else { "know of something" });
        for output in [&again, &labelled].into_iter().filter(|output| !knows_of_nothing(output)) {
            let said = String::from_utf8_lossy(&output.stdout);
            println!("{}: {said}{}", output.status, String::from_utf8_lossy(&output.stderr));
        }
        if (census.orgs, census.workspaces, listeners, silent) == (0, 0, 1, true) {
            println!("nothing is left");
            Ok(())
        } else {
            Err("something is left".into())
        }
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        // It is gone already when everything went well.
        self.platform.kill().ok();
        self.platform.wait().ok();
    }
}

/// Whether a sweep has listed nothing; notes say what was not asked at all.
fn knows_of_nothing(sweep: &Output) -> bool {
    let said = String::from_utf8_lossy(&sweep.stdout);
    let is_nothing = |line: &str| line.starts_with("note ") || line == "nothing would be swept";
    sweep.status.success() && said.lines().all(is_nothing)
}

/// What a run was at when it died, by its log.
fn instant(log: &str) -> &'static str {
    let count = |what: &str| log.matches(&format!("\"event\":\"{what}\"")).count();
    let confirmed = count("ownership-confirmed");
    let answered = confirmed + count("ownership-declined");
    match (count("ownership-intended"), answered, count("released")) {
        (0, ..) => "before it created anything",
        (intended, answered, _) if intended > answered => "while a reply to a create was out",
        (_, _, 0) => "while everything that it had created was there",
        (_, _, released) if released < confirmed => "while some cases were released and others ran",
        _ => "after its last release",
    }
}

fn folders(folder: &Path) -> Outcome<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    entries.collect()
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// How many sockets a process listens on.
fn listeners(pid: u32) -> Outcome<usize> {
    let mut own = Vec::new();
    for entry in fs::read_dir(format!("/proc/{pid}/fd"))? {
        own.push(fs::read_link(entry?.path())?.to_string_lossy().into_owned());
    }
    let table = fs::read_to_string(format!("/proc/{pid}/net/tcp"))?;
    let listening = table.lines().filter(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields.get(3) == Some(&"0A") && own.contains(&format!("socket:[{}]", fields[9]))
    });
    Ok(listening.count())
}
