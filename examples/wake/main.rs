//! Measures how soon a poll sees a change, and what that costs in requests: looking every 250 ms, against an event that
//! wakes a poll whose interval is long.
//!
//! `cargo build && cargo run --example wake`
//!
//! Workspaces boot for ten seconds on a platform in this process; the harness is another one. The delay of each is the
//! time from the platform's durable event to the end of the step whose last look saw it, its reply included.
//!
//! Does not: assert. A noisy machine is no failure.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measuring program starts processes, and prints what it found"
)]

use harness_runner::model::event::{self, Event, Record, Scope};
use shakedown_platform::{Options, Platform, Timings};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::Command;

const CASES: usize = 32;
const AT_ONCE: usize = 8;
const BOOT: Duration = Duration::from_secs(10);
const FLOWS: [&str; 8] = [
    "org",
    "find-org",
    "delete-org",
    "org-gone",
    "find-workspace",
    "delete-workspace",
    "workspace-gone",
    "workspace-states",
];
const WORKSPACE: &str =
    r#"{ "name": {{ workspace_name }}, "runtime": "claude-code", "model": "moonshot/kimi-k2.6" }"#;
const MANNERS: [(&str, &str); 2] = [
    ("looking every 250 ms", "every = \"250ms\""),
    (
        "woken, and looking every 30 s",
        "every = \"30s\", wake = \"/workspaces/{{ workspace_id }}/events/stream\"",
    ),
];

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    for (manner, words) in MANNERS {
        let root = tempfile::TempDir::new()?;
        write_suite(root.path(), words)?;
        let timings = Timings { workspace_boot: BOOT, ..Timings::default() };
        let platform = Platform::start(Options { timings, ..Options::default() }).await?;
        let output = Command::new(binary()?)
            .args(["run", "staging", "--root"])
            .arg(root.path())
            .env("MOLECULE_CP_URL", platform.url())
            .env("MOLECULE_ADMIN_TOKEN", platform.admin_token())
            .env("MOLECULE_TENANT_DOMAIN", "127.0.0.1")
            .output()
            .await?;
        platform.stop().await;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        report(manner, &recorded(root.path())?);
    }
    Ok(())
}

/// The binary beside this example.
fn binary() -> Outcome<PathBuf> {
    let here = std::env::current_exe()?;
    let path = here.ancestors().nth(2).ok_or("no target folder")?.join("shakedown");
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!("build it first: {} is not there", path.display()).into())
    }
}

/// Our own flows and templates, and a scenario that does nothing but boot.
fn write_suite(root: &Path, words: &str) -> Outcome<()> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (from, to) = (ours.join("scenarios/staging"), root.join("scenarios/staging"));
    fs::create_dir_all(to.join("flows"))?;
    for folder in ["org", "workspace"] {
        fs::create_dir_all(root.join("templates").join(folder))?;
    }
    fs::write(root.join("templates/workspace/create.json.j2"), WORKSPACE)?;
    for payload in ["org/create", "org/delete"] {
        let name = format!("templates/{payload}.json.j2");
        fs::copy(ours.join(&name), root.join(&name))?;
    }
    for flow in FLOWS {
        let name = format!("flows/{flow}.toml");
        // An org boots fast here, and is not what is measured.
        let text = fs::read_to_string(from.join(&name))?.replace("\"15s\"", "\"100ms\"");
        fs::write(to.join(&name), text)?;
    }
    let suite = fs::read_to_string(from.join("suite.toml"))?;
    let suite = suite.split("[axis.").next().unwrap_or_default();
    let suite = suite.replace("prove        = \"required\"\n", "").replace("dialect        = \"1.0\"\n", "");
    fs::write(to.join("suite.toml"), suite.replace("= 64", &format!("= {AT_ONCE}")))?;
    let numbers: Vec<String> = (0..CASES).map(|number| format!("\"n{number:02}\"")).collect();
    let scenario = format!(
        "[scenario]\nname = \"boot\"\nfixtures = [\"org\"]\n\
         [matrix]\nnumber = [{}]\n\
         [[arm]]\nname = \"all\"\nmatch = {{}}\n\
         [[step]]\nname = \"create\"\n\
         run.http = {{ on = \"tenant\", as = \"tenant_admin\", method = \"POST\", path = \"/workspaces\", body = \"workspace/create.json.j2\" }}\n\
         owns = {{ workspace = \"{{{{ workspace_name }}}}\" }}\nexpect = [\"status == 201\"]\n\
         capture = {{ workspace_id = \"body.id\" }}\n\
         [[step]]\nname = \"online\"\n\
         run.http = {{ on = \"tenant\", as = \"tenant_admin\", path = \"/workspaces/{{{{ workspace_id }}}}\" }}\n\
         poll = {{ until = \"body.status == 'online'\", within = \"5m\", {words} }}\n",
        numbers.join(", ")
    );
    fs::write(to.join("boot.toml"), scenario)?;
    Ok(fs::write(to.join("gates.toml"), "[[gate]]\narm = \"all\"\ngate = \"required\"\n")?)
}

fn recorded(root: &Path) -> Outcome<Vec<Record>> {
    let folder = fs::read_dir(root.join(".shakedown/runs"))?.next().ok_or("nothing was recorded")??;
    Ok(event::read(&fs::read_to_string(folder.path().join("events.jsonl"))?)?)
}

fn report(manner: &str, records: &[Record]) {
    let (mut seen, mut delays, mut requests) = (BTreeMap::new(), Vec::new(), 0_u32);
    for Record { at, event } in records {
        match event {
            Event::Exchange { step, .. } if step.as_str() == "online" => requests += 1,
            Event::StepEnded { scope: Scope::Case(case), step, .. } if step.as_str() == "online" => {
                seen.insert(case, *at);
            }
            Event::Traced { case, states, entered, .. } => {
                let online = states.iter().zip(entered).find(|(state, _)| *state == "online");
                if let (Some((_, happened)), Some(seen)) = (online, seen.get(case)) {
                    delays.push(seen.duration_since(*happened).as_secs_f64() * 1000.0);
                }
            }
            _ => {}
        }
    }
    delays.sort_by(f64::total_cmp);
    let at =
        |share: usize| delays.get((delays.len() * share / 100).min(delays.len().saturating_sub(1))).copied();
    println!(
        "{manner}: {} boots of {} s, seen after {:.1} ms (median), {:.1} ms (95 %); {requests} requests, {:.1} for each",
        delays.len(),
        BOOT.as_secs(),
        at(50).unwrap_or_default(),
        at(95).unwrap_or_default(),
        f64::from(requests) / f64::from(u32::try_from(CASES).unwrap_or(u32::MAX))
    );
}
