//! A real service with a suite of its own: notes that are stored, read and torn up, over HTTP, with a token.

use super::heard::{self, Heard};
use super::{Ended, shakedown};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// What its tokens are; nobody else may see it.
pub(crate) const TOKEN: &str = "token-of-the-notes-4711";

const SUITE: &str = r#"
[suite]
name            = "notes"
request-timeout = "2s"
retries         = 0
case-timeout    = "20s"
timeout         = "1m"
[environment.live]
when = "NOTES_URL"
[service.notes]
base = "{{ env.NOTES_URL }}"
[secret.NOTES_TOKEN]
[credential.clerk]
bearer = "{{ secret.NOTES_TOKEN }}"
on     = ["notes"]
[bind]
note_name = "e2e-{{ case.token }}"
[resource.note]
key     = "name"
find    = "flows/find-note"
release = "flows/tear-note"
gone    = "flows/note-gone"
"#;

const WRITE: &str = r#"
[scenario]
name    = "write"
summary = "a note is stored, and read as it was written"
[[step]]
name     = "stored"
run.http = { on = "notes", as = "clerk", method = "POST", path = "/notes", body = "note.json.j2" }
owns     = { note = "{{ note_name }}" }
expect   = ["status == 201", "body.name == note_name"]
[step.capture]
note_id = "body.id"
[[step]]
name     = "read back"
run.http = { on = "notes", as = "clerk", path = "/notes/{{ note_id }}" }
expect   = ["status == 200", "body.text == 'as written'", "body.name == note_name"]
"#;

const FLOWS: [(&str, &str); 3] = [
    (
        "find-note",
        "[flow]\nsummary = \"a note by its name\"\ninputs = [\"key\"]\noutputs = [\"found\", \"note_id\"]\n[[step]]\nname = \"by name\"\n\
         run.http = { on = \"notes\", as = \"clerk\", path = \"/notes?name={{ key }}\" }\nexpect = [\"status == 200\"]\n\
         [step.capture]\nfound = \"body.notes | length > 0\"\n\
         note_id = \"body.notes | map(attribute='id') | first | default(0)\"\n",
    ),
    (
        "tear-note",
        "[flow]\nsummary = \"tear a note up\"\ninputs = [\"note_id\"]\n[[step]]\nname = \"torn\"\n\
         run.http = { on = \"notes\", as = \"clerk\", method = \"DELETE\", path = \"/notes/{{ note_id }}\" }\n\
         expect = [\"status == 200\", \"body.torn\"]\n",
    ),
    (
        "note-gone",
        "[flow]\nsummary = \"nobody knows the note\"\ninputs = [\"key\"]\n[[step]]\nname = \"forgotten\"\n\
         run.http = { on = \"notes\", as = \"clerk\", path = \"/notes?name={{ key }}\" }\n\
         expect = [\"status == 200\", \"body.notes | length == 0\"]\n",
    ),
];

/// What a suite has of it, and what it was asked.
#[derive(Debug, Default)]
struct Desk {
    notes: BTreeMap<u64, (String, String)>,
    asked: Vec<String>,
}

/// The service on a free port, which ends with the process, and a root with its suite.
pub(crate) struct Notes {
    /// Where it is.
    pub(crate) url: String,
    desk: Arc<Mutex<Desk>>,
    root: TempDir,
}

impl Notes {
    /// Starts it, with these fault rows.
    pub(crate) fn start(rows: &[String]) -> Self {
        let desk = Arc::new(Mutex::new(Desk::default()));
        let shared = Arc::clone(&desk);
        let address = heard::listen(move |stream, heard| answer(stream, &heard, &shared));
        let url = format!("http://{address}");
        let root = TempDir::new().expect("a temporary folder");
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        write("scenarios/notes/suite.toml", SUITE);
        write("scenarios/notes/write.toml", WRITE);
        write("scenarios/notes/faults.toml", &rows.concat());
        write("templates/note.json.j2", "{ \"name\": {{ note_name }}, \"text\": \"as written\" }\n");
        for (name, text) in FLOWS {
            write(&format!("scenarios/notes/flows/{name}.toml"), text);
        }
        Self { url, desk, root }
    }

    /// Where its suite is.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// Replaces a text of a file of the suite.
    pub(crate) fn edit(&self, file: &str, old: &str, new: &str) {
        let path = self.root.path().join("scenarios/notes").join(file);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains(old), "{file} has no {old}");
        std::fs::write(path, text.replace(old, new)).expect("a file");
    }

    /// A command of ours about its suite, with its token.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = shakedown();
        command.args(arguments).arg("--root").arg(self.root.path()).env("NOTES_TOKEN", TOKEN);
        command
    }

    /// Runs such a command.
    pub(crate) fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        self.command(arguments).envs(variables.iter().copied()).output().expect("it starts").into()
    }

    /// Proves its suite through a proxy in front of a url.
    pub(crate) fn proved(&self, url: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        self.run(&[&["prove", "notes", "--through", url], arguments].concat(), variables)
    }

    /// How many notes there are.
    pub(crate) fn left(&self) -> usize {
        self.desk.lock().expect("a desk").notes.len()
    }

    /// Everything that it was asked for, without its heads.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.desk.lock().expect("a desk").asked.clone()
    }
}

fn answer(stream: &TcpStream, heard: &Heard, desk: &Mutex<Desk>) -> Option<()> {
    let kind = "application/json";
    if heard.method == "HEAD" {
        return heard::reply(stream, "404 .", kind, "");
    }
    if heard.header("authorization") != format!("Bearer {TOKEN}") {
        return heard::reply(stream, "401 .", kind, &json!({ "code": "WHO_ARE_YOU" }).to_string());
    }
    let (status, said) = decide(&mut *desk.lock().ok()?, heard)?;
    heard::reply(stream, &format!("{status} ."), kind, &said.to_string())
}

fn decide(desk: &mut Desk, heard: &Heard) -> Option<(u16, Value)> {
    desk.asked.push(heard.request());
    let shown =
        |(id, (name, text)): (&u64, &(String, String))| json!({ "id": id, "name": name, "text": text });
    let id = heard.path().strip_prefix("/notes/").and_then(|id| id.parse::<u64>().ok());
    let missing = (404, json!({ "code": "NO_NOTE" }));
    Some(match (heard.method.as_str(), id) {
        ("POST", None) => {
            let note: Value = serde_json::from_str(&heard.body).ok()?;
            let id = desk.notes.keys().next_back().map_or(1, |last| last + 1);
            let text = |key: &str| note[key].as_str().map(str::to_owned);
            desk.notes.insert(id, (text("name")?, text("text")?));
            (201, shown((&id, &desk.notes[&id])))
        }
        ("GET", None) => {
            let name = heard.query().strip_prefix("name=").unwrap_or_default();
            let found: Vec<Value> = desk.notes.iter().filter(|(_, note)| note.0 == name).map(shown).collect();
            (200, json!({ "notes": found }))
        }
        ("GET", Some(id)) => desk.notes.get(&id).map_or(missing, |note| (200, shown((&id, note)))),
        ("DELETE", Some(id)) if desk.notes.remove(&id).is_some() => (200, json!({ "torn": true })),
        _ => missing,
    })
}
