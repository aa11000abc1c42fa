//! What the root's tests share: a root of their own, our binaries without anybody's environment, a server to test.

pub(crate) mod cloud;
pub(crate) mod gatekeeper;
pub(crate) mod hand;
pub(crate) mod heard;
pub(crate) mod hosted;
pub(crate) mod notes;
pub(crate) mod receiver;
pub(crate) mod served;
pub(crate) mod stub;
pub(crate) mod tenant;
pub(crate) mod tracker;
pub(crate) mod verdicts;
pub(crate) mod workflow;

use serde_json::Value;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// How a process of ours ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ended {
    /// The document that it wrote, which is as the schema of that name in `docs/` says.
    pub(crate) fn document(&self, schema: &str) -> Value {
        let document: Value =
            serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{}", self.said()));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/{schema}.schema.json"));
        let schema: Value =
            serde_json::from_str(&fs::read_to_string(&path).expect("a schema")).expect("a schema");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0], "{}\n{document:#}", path.display());
        document
    }

    /// Everything it said, for messages and searches.
    pub(crate) fn said(&self) -> String {
        format!("exit {:?}\n── stdout\n{}\n── stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// A command without the environment of whoever runs the tests.
#[expect(
    clippy::disallowed_methods,
    reason = "tests start our own binaries, and nothing of the harness does it here"
)]
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null());
    for kept in ["PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "TMPDIR"] {
        #[expect(clippy::disallowed_methods, reason = "what cargo and the system need to start at all")]
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

/// Sends a signal to a process that we started; the shell's own `kill`, because a bare system has no other.
pub(crate) fn signal(process: &Child, name: &str) {
    let script = format!("kill -{name} {}", process.id());
    assert!(command("sh").args(["-c", &script]).status().expect("sh starts").success());
}

/// The command line.
pub(crate) fn shakedown() -> Command {
    command(env!("CARGO_BIN_EXE_shakedown"))
}

/// cargo, in this package, with the folder for its output that this test came from.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = command("cargo");
    let target = Path::new(env!("CARGO_BIN_EXE_shakedown")).ancestors().nth(2).expect("a target folder");
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).env("CARGO_TARGET_DIR", target).args(arguments);
    cargo
}

/// The binary of `tests/staging.rs`, whose suite is whatever root it is given.
pub(crate) fn staging() -> Command {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let path = BINARY.get_or_init(|| {
        let built = cargo(&["test", "--test", "staging", "--no-run", "--message-format", "json"]).output();
        let messages = String::from_utf8(built.expect("cargo runs").stdout).expect("JSON lines");
        let executable = messages.lines().filter_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            let named = message["target"]["name"] == "staging" && message["target"]["kind"][0] == "test";
            message["executable"].as_str().filter(|_| named).map(PathBuf::from)
        });
        executable.max().expect("the staging target has an executable")
    });
    command(path)
}

/// A root of its own: `scenarios/staging/` with the given files, and room for recordings.
pub(crate) struct Root(TempDir);

impl Root {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let root = Self(TempDir::new().expect("a temporary folder"));
        fs::create_dir_all(root.path().join("scenarios/staging")).expect("a folder");
        for (name, text) in files {
            root.write(name, text);
        }
        root
    }

    /// A root with our own suites and templates, and without our recordings.
    pub(crate) fn like_ours() -> Self {
        let root = Self::new(&[]);
        for folder in ["scenarios", "templates"] {
            copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &root.path().join(folder));
        }
        // The one program that our suite runs.
        fs::create_dir_all(root.path().join("ci")).expect("a folder");
        let program = "ci/cloud-instances";
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(program), root.path().join(program))
            .expect("a file");
        root
    }

    /// Our suite without the rule that a fault must turn every scenario red: a test adds one of its own.
    pub(crate) fn unproved(&self) {
        let path = self.path().join("scenarios/staging/suite.toml");
        let suite = fs::read_to_string(&path).expect("a suite");
        let unproved = suite.replace("prove        = \"required\"", "prove        = \"optional\"");
        assert_ne!(unproved, suite, "the rule is not written as it was");
        fs::write(path, unproved).expect("a file");
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file; a name without a folder is one of the suite.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = match name.split_once('/') {
            Some(("templates" | "ci" | ".github", _)) => self.path().join(name),
            Some(_) | None => self.path().join("scenarios/staging").join(name),
        };
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Runs `shakedown run staging` here.
    pub(crate) fn native(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
        let mut command = shakedown();
        command.args(["run", "staging"]).args(arguments).arg("--root").arg(self.path());
        command.envs(variables.iter().copied()).output().expect("it starts").into()
    }

    /// Runs the staging target here, as cargo would.
    pub(crate) fn libtest(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
        let mut command = staging();
        command.args(arguments).env("SHAKEDOWN_ROOT", self.path());
        command.envs(variables.iter().copied()).output().expect("it starts").into()
    }

    /// Starts `shakedown run staging` here and leaves it running.
    pub(crate) fn start(&self, variables: &[(&str, &str)]) -> Child {
        let mut command = shakedown();
        command.args(["run", "staging", "--root"]).arg(self.path()).envs(variables.iter().copied());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    }

    /// Every byte of every recording.
    pub(crate) fn recordings(&self) -> String {
        self.recorded(|_| true)
    }

    /// The logs of all recordings, without the plans beside them.
    pub(crate) fn log(&self) -> String {
        self.recorded(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
    }

    /// The one file of the recordings that is called like this.
    pub(crate) fn file(&self, name: &str) -> String {
        let runs = fs::read_dir(self.path().join(".shakedown/runs")).expect("runs");
        let found = runs.flatten().map(|run| run.path().join(name)).find(|path| path.is_file());
        fs::read_to_string(found.expect("a file")).expect("a text")
    }

    fn recorded(&self, wanted: impl Fn(&Path) -> bool) -> String {
        let runs = fs::read_dir(self.path().join(".shakedown/runs")).into_iter().flatten().flatten();
        let files = runs.flat_map(|run| fs::read_dir(run.path()).into_iter().flatten().flatten());
        let files = files.map(|file| file.path()).filter(|path| wanted(path));
        // A run that goes on renames what it has written beside its place: what was listed may be gone.
        let texts = files.filter_map(|path| match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            read => Some(read.unwrap_or_else(|error| panic!("{}: {error}", path.display()))),
        });
        texts.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file");
        }
    }
}
