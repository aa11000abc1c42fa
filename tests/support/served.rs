//! A platform in a process of its own, and our suites against it as against a live staging.

use super::{Ended, Root, shakedown, signal};
use shakedown_platform::{Options, Platform};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// `shakedown serve`, and a root with our suites that asks it often.
pub(crate) struct Served {
    platform: Child,
    lines: BufReader<ChildStdout>,
    data: TempDir,
    pub(crate) root: Root,
    /// What it says that a live run needs, with keys that are none.
    pub(crate) variables: Vec<(String, String)>,
}

impl Served {
    /// Starts one that is broken in these ways.
    pub(crate) fn start(faults: &[&str]) -> Self {
        let faults: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
        Self::start_with(&faults)
    }

    /// Starts one with these arguments.
    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let data = TempDir::new().expect("a temporary folder");
        let mut serve = shakedown();
        serve.args(["serve", "--data"]).arg(data.path()).stdout(Stdio::piped());
        serve.args(arguments);
        let mut platform = serve.spawn().expect("it starts");
        let mut lines = BufReader::new(platform.stdout.take().expect("a stream"));
        let mut variables: Vec<(String, String)> =
            ["E2E_OPENAI_API_KEY", "E2E_MINIMAX_API_KEY", "E2E_GOOGLE_API_KEY", "E2E_ANTHROPIC_API_KEY"]
                .map(|name| (name.to_owned(), "not-a-real-key".to_owned()))
                .into();
        for _ in 0..3 {
            let mut line = String::new();
            lines.read_line(&mut line).expect("a line");
            let (name, value) = line.trim().split_once('=').expect("NAME=value");
            variables.push((name.to_owned(), value.to_owned()));
        }
        Self { platform, lines, data, root: suites(), variables }
    }

    /// The value of one of its variables.
    pub(crate) fn variable(&self, name: &str) -> &str {
        let found = self.variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).expect("it said so")
    }

    /// The suite's own file, as its root has it.
    pub(crate) fn suite(&self) -> String {
        fs::read_to_string(self.root.path().join("scenarios/staging/suite.toml")).expect("a suite")
    }

    /// A command of ours with its variables and its root.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = shakedown();
        command.args(arguments).arg("--root").arg(self.root.path()).envs(self.variables.clone());
        command
    }

    /// Runs such a command to its end.
    pub(crate) fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied()).output().expect("it starts").into()
    }

    /// Ends the platform; it must end well.
    pub(crate) fn stop(mut self) {
        signal(&self.platform, "TERM");
        assert_eq!(self.platform.wait().expect("it ends").code(), Some(0));
        self.lines.read_to_string(&mut String::new()).expect("the stream ends with the process");
    }

    /// Starts `shakedown run staging` for one arm as on a live staging, and leaves it running.
    pub(crate) fn start_run(&self, filter: &str, variables: &[(&str, &str)]) -> Child {
        let mut run = self.command(&["run", "staging", filter]);
        run.envs(variables.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
        run.spawn().expect("it starts")
    }

    /// How many sockets it listens on: its control plane's, one for each tenant, one for each agent.
    pub(crate) fn listeners(&self) -> usize {
        let folder = PathBuf::from(format!("/proc/{}", self.platform.id()));
        let sockets = fs::read_dir(folder.join("fd")).expect("its files").flatten();
        let own: Vec<String> = sockets
            .filter_map(|entry| Some(fs::read_link(entry.path()).ok()?.to_string_lossy().into_owned()))
            .collect();
        let table = fs::read_to_string(folder.join("net/tcp")).expect("its sockets");
        let listens = |line: &&str| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            fields.get(3) == Some(&"0A") && own.contains(&format!("socket:[{}]", fields[9]))
        };
        table.lines().filter(listens).count()
    }

    /// Ends the platform, and asks its database what is left: organisations and workspaces.
    pub(crate) fn census(mut self) -> (usize, usize) {
        signal(&self.platform, "TERM");
        assert_eq!(self.platform.wait().expect("it ends").code(), Some(0));
        let options = Options { data: Some(self.data.path().to_owned()), ..Options::default() };
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let platform = Platform::start(options).await.expect("the same database");
            let census = platform.census().await.expect("its tables");
            platform.stop().await;
            (census.orgs, census.workspaces)
        })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that failed leaves no platform behind.
        if matches!(self.platform.try_wait(), Ok(None)) {
            self.platform.kill().ok();
            self.platform.wait().ok();
        }
    }
}

/// Everything but the scenarios in which minutes pass: a live target has no clock that we could advance.
pub(crate) const QUICK: &str = "!waits";

/// Our suites in a root of their own; a staging is asked every few seconds, this one is on the same machine.
pub(crate) fn suites() -> Root {
    let root = Root::like_ours();
    let suite = fs::read_to_string(Path::new(HERE).join("scenarios/staging/suite.toml")).expect("a suite");
    let quick = |suite: String, environment: &str| {
        let head = format!("[environment.{environment}]");
        let spec = format!("{head}\npoll-every = \"50ms\"\npoll-within = \"5s\"\n");
        let (before, after) = suite.split_once(&head).expect("the environment");
        format!("{before}{spec}{}", after.split_once('\n').expect("a line").1)
    };
    root.write("suite.toml", &quick(quick(suite, "live"), "self-hosted"));
    root
}
