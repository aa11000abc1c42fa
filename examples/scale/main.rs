//! Measures the native front at scale: listing 1,000 cases, and running 1,000 that each wait two seconds, also what their
//! recording costs, and what drawing them on a terminal does; and the ground floor: load, validate and expand our own suite,
//! and 100,000 cells.
//!
//! `cargo build --release && cargo run --release --example scale`; with `-- expansion` the ground floor alone,
//! with `-- run` what needs a server.
//!
//! The server is another process, so that memory and CPU are the harness's own. Everything printed was measured in this
//! run; nothing is compared with a stored figure.
//!
//! Does not: assert. A noisy machine is no failure.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measuring program starts, times and samples processes, and prints what it found"
)]

mod expansion;
mod recording;
mod screen;

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CASES: usize = 1000;
const WAIT: Duration = Duration::from_secs(2);
const LISTINGS: usize = 21;
const RUNS: usize = 3;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["stub"] => return tokio::runtime::Runtime::new()?.block_on(stub()),
        ["once", root, suite, environment] => return expansion::once(root, suite, environment),
        ["expansion"] => return expansion::measure(),
        ["run"] => {}
        _ => expansion::measure()?,
    }
    let root = tempfile::TempDir::new()?;
    write_suite(root.path())?;
    let shakedown = binary()?;
    listing(&shakedown, root.path())?;
    let mut stub = start_stub()?;
    let url = BufReader::new(stub.stdout.take().ok_or("the stub has no output")?)
        .lines()
        .next()
        .ok_or("no url")??;
    let measured = served(&shakedown, root.path(), &url);
    stub.kill()?;
    stub.wait()?;
    measured
}

/// Everything that a server is needed for.
fn served(shakedown: &Path, root: &Path, url: &str) -> Outcome<()> {
    let runs = (0..RUNS).map(|_| run(shakedown, root, url)).collect::<Outcome<Vec<Run>>>()?;
    report(&runs);
    recording::measure(root, runs.last().ok_or("no run")?)?;
    screen::measure(shakedown, root, url)
}

/// The release binary beside this example.
fn binary() -> Outcome<PathBuf> {
    let here = std::env::current_exe()?;
    let path = here.ancestors().nth(2).ok_or("no target folder")?.join("shakedown");
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!("build it first: {} is not there", path.display()).into())
    }
}

fn start_stub() -> Outcome<Child> {
    Ok(Command::new(std::env::current_exe()?).arg("stub").stdout(Stdio::piped()).spawn()?)
}

fn write_suite(root: &Path) -> Outcome<()> {
    let folder = root.join("scenarios/scale");
    fs::create_dir_all(&folder)?;
    let suite = format!(
        "[suite]\nname = \"scale\"\nconcurrency = {CASES}\n[environment.live]\nwhen = \"SCALE_URL\"\n[environment.none]\n\
         [service.stub]\nbase = \"{{{{ env.SCALE_URL }}}}\"\n"
    );
    let values: Vec<String> = (0..CASES).map(|number| format!("\"n{number:04}\"")).collect();
    let scenario = format!(
        "[scenario]\nname = \"wait\"\n[matrix]\nnumber = [{}]\n[[arm]]\nname = \"all\"\nmatch = {{}}\n[[step]]\nname = \"ready\"\n\
         run.http = {{ on = \"stub\", path = \"/ready/{{{{ case.token }}}}\" }}\n\
         poll = {{ until = \"body.ready\", every = \"500ms\", within = \"1m\" }}\n",
        values.join(", ")
    );
    fs::write(folder.join("suite.toml"), suite)?;
    fs::write(folder.join("gates.toml"), "[[gate]]\narm = \"all\"\ngate = \"required\"\n")?;
    Ok(fs::write(folder.join("wait.toml"), scenario)?)
}

fn listing(shakedown: &Path, root: &Path) -> Outcome<()> {
    let mut times = Vec::new();
    for _ in 0..LISTINGS {
        let started = Instant::now();
        let output = Command::new(shakedown).args(["plan", "scale", "--root"]).arg(root).output()?;
        times.push(started.elapsed());
        let listed = String::from_utf8(output.stdout)?.matches("wait::n").count();
        if listed != CASES {
            return Err(format!("{listed} cases listed").into());
        }
    }
    times.sort();
    println!(
        "listing {CASES} cases, whole process: median {:.1} ms of {LISTINGS}, fastest {:.1} ms",
        millis(times[LISTINGS / 2]),
        millis(times[0])
    );
    Ok(())
}

struct Run {
    wall: Duration,
    longest: Duration,
    cpu: Duration,
    peak_kib: u64,
    requests: usize,
}

fn run(shakedown: &Path, root: &Path, url: &str) -> Outcome<Run> {
    fs::remove_dir_all(root.join(".shakedown")).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    let mut command = Command::new(shakedown);
    command.args(["run", "scale", "--root"]).arg(root).env("SCALE_URL", url).stderr(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn()?;
    let (mut cpu, mut peak_kib) = (Duration::ZERO, 0);
    while child.try_wait()?.is_none() {
        if let Some((used, peak)) = usage(child.id()) {
            (cpu, peak_kib) = (used, peak);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let wall = started.elapsed();
    let status = child.wait()?;
    if !status.success() {
        return Err(format!("the run ended with {status}").into());
    }
    let (longest, requests) = recorded(root)?;
    Ok(Run { wall, longest, cpu, peak_kib, requests })
}

/// CPU time and peak memory of a process that still runs.
fn usage(id: u32) -> Option<(Duration, u64)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    // Linux counts in hundredths of a second.
    Some((Duration::from_millis(ticks * 10), peak.split_whitespace().next()?.parse().ok()?))
}

fn recorded(root: &Path) -> Outcome<(Duration, usize)> {
    let (mut longest, mut requests) = (Duration::ZERO, 0);
    for folder in fs::read_dir(root.join(".shakedown/runs"))? {
        let log = fs::read_to_string(folder?.path().join("events.jsonl"))?;
        for line in log.lines() {
            let event: serde_json::Value = serde_json::from_str(line)?;
            match event["event"].as_str() {
                Some("exchange") => requests += 1,
                Some("case-ended") => {
                    longest = longest.max(Duration::from_secs_f64(event["elapsed"].as_f64().unwrap_or(0.0)));
                }
                _ => {}
            }
        }
    }
    Ok((longest, requests))
}

fn report(runs: &[Run]) {
    for run in runs {
        println!(
            "{CASES} cases that wait {} s: wall {:.2} s, longest case {:.2} s, ratio {:.2}; CPU {:.2} s; peak {:.0} MB; {} requests",
            WAIT.as_secs(),
            run.wall.as_secs_f64(),
            run.longest.as_secs_f64(),
            run.wall.as_secs_f64() / run.longest.as_secs_f64(),
            run.cpu.as_secs_f64(),
            kib_to_mb(run.peak_kib),
            run.requests
        );
    }
    let mut ratios: Vec<f64> =
        runs.iter().map(|run| run.wall.as_secs_f64() / run.longest.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    println!("median ratio of {} runs: {:.2}", runs.len(), ratios[runs.len() / 2]);
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "kibibytes of memory are far below 2^52")]
fn kib_to_mb(kib: u64) -> f64 {
    kib as f64 * 1024.0 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "the bytes of a log are far below 2^52")]
fn mb(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// Says that a path is ready two seconds after it was first asked for.
async fn stub() -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let first: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    loop {
        let (stream, _) = listener.accept().await?;
        let first = Arc::clone(&first);
        // A connection that breaks is the client's business.
        tokio::spawn(async move { serve(stream, &first).await.ok() });
    }
}

async fn serve(mut stream: TcpStream, first: &Mutex<HashMap<String, Instant>>) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let mut chunk = [0; 2048];
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            return Ok(());
        }
        buffer.extend_from_slice(&chunk[..read]);
        while let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let request: Vec<u8> = buffer.drain(..end + 4).collect();
            let path =
                String::from_utf8_lossy(&request).split_whitespace().nth(1).unwrap_or_default().to_owned();
            let ready = match first.lock() {
                Ok(mut first) => first.entry(path).or_insert_with(Instant::now).elapsed() >= WAIT,
                Err(_) => return Ok(()),
            };
            let body = format!("{{\"ready\":{ready}}}");
            let reply = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(reply.as_bytes()).await?;
        }
    }
}
