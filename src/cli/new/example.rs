//! The example that `shakedown new` writes: the flows of our own staging suite with a scenario that explains itself.
//!
//! Does not: write.

use super::files::File;
use crate::start::StartError;
use harness_runner::model::schema;
use harness_runner::model::selection::PREFIX;
use harness_runner::model::source::{Source, SuiteText};
use harness_runner::model::suite::Suite;
use harness_runner::model::validate;

const SUITE: &str = include_str!("example/suite.toml");
const SCENARIO: &str = include_str!("example/scenario.toml");
const OWN: &str = include_str!("example/own.toml");
const PLAIN: &str = include_str!("example/plain.toml");
const FAULT: &str = include_str!("example/fault.toml");
const FAULTS_HEAD: &str = "#:schema ../../shakedown.schema.json\n";

/// The flows, as the staging suite uses them every day.
const FLOWS: [(&str, &str); 10] = [
    ("org", include_str!("../../../scenarios/staging/flows/org.toml")),
    ("org-access", include_str!("../../../scenarios/staging/flows/org-access.toml")),
    ("list-orgs", include_str!("../../../scenarios/staging/flows/list-orgs.toml")),
    ("find-org", include_str!("../../../scenarios/staging/flows/find-org.toml")),
    ("delete-org", include_str!("../../../scenarios/staging/flows/delete-org.toml")),
    ("org-gone", include_str!("../../../scenarios/staging/flows/org-gone.toml")),
    ("find-workspace", include_str!("../../../scenarios/staging/flows/find-workspace.toml")),
    ("delete-workspace", include_str!("../../../scenarios/staging/flows/delete-workspace.toml")),
    ("workspace-gone", include_str!("../../../scenarios/staging/flows/workspace-gone.toml")),
    ("round-trip", include_str!("../../../scenarios/staging/flows/round-trip.toml")),
];

/// The payloads of the flows and of the scenario.
const TEMPLATES: [(&str, &str); 4] = [
    ("org/create.json.j2", include_str!("../../../templates/org/create.json.j2")),
    ("org/delete.json.j2", include_str!("../../../templates/org/delete.json.j2")),
    ("a2a/challenge.txt.j2", include_str!("../../../templates/a2a/challenge.txt.j2")),
    PAYLOAD,
];

/// The payload of the scenario.
const PAYLOAD: (&str, &str) = ("hello/workspace.json.j2", include_str!("example/workspace.json.j2"));

/// The files of a new suite.
pub(super) fn suite(name: &str) -> Vec<File> {
    let below = |file: &str, text: String| File { path: format!("scenarios/{name}/{file}"), text };
    let mut files = vec![
        below("suite.toml", named(SUITE, name, "hello")),
        below("hello.toml", named(SCENARIO, name, "hello")),
        below("faults.toml", FAULTS_HEAD.to_owned() + &named(FAULT, name, "hello")),
    ];
    files.extend(FLOWS.iter().map(|(flow, text)| below(&format!("flows/{flow}.toml"), (*text).to_owned())));
    files.extend(TEMPLATES.iter().map(template));
    files.push(File { path: schema::FILE.to_owned(), text: schema::text() });
    files
}

/// The files of a new suite for a service of one's own, which is wherever a variable says.
pub(super) fn own(name: &str) -> Vec<File> {
    let below = |file: &str, text: String| File { path: format!("scenarios/{name}/{file}"), text };
    let suite = named(OWN, name, "up").replace("@VARIABLE@", &variable(name));
    let scenario = named(PLAIN, name, "up").replace("@SERVICE@", "api");
    let schema = File { path: schema::FILE.to_owned(), text: schema::text() };
    vec![below("suite.toml", suite), below("up.toml", scenario), schema]
}

/// The variable that says where the service of a suite is.
pub(super) fn variable(suite: &str) -> String {
    let name = suite.to_uppercase().replace('-', "_");
    // What begins with `E2E_` selects or replaces.
    let name = if name == "E2E" || name.starts_with(PREFIX) { format!("TARGET_{name}") } else { name };
    format!("{name}_URL")
}

/// The files of a new scenario.
pub(super) fn scenario(suite: &str, name: &str) -> Vec<File> {
    let text = named(SCENARIO, suite, name);
    vec![File { path: format!("scenarios/{suite}/{name}.toml"), text }, template(&PAYLOAD)]
}

/// Whether a suite declares what the example uses.
pub(super) fn fits(mut suite: SuiteText, of: &str, name: &str) -> bool {
    suite.scenarios.push(Source::new("scenario", named(SCENARIO, of, name)));
    suite.templates.entry(PAYLOAD.0.to_owned()).or_insert_with(|| Source::new(PAYLOAD.0, PAYLOAD.1));
    let faults = suite.faults.map_or_else(String::new, |faults| faults.text().to_owned());
    suite.faults = Some(Source::new("faults", faults + &named(FAULT, of, name)));
    validate::compile(&suite).is_ok()
}

/// The files of a new scenario for a suite that declares other things: its first service is up.
///
/// *Errors*: a suite without a service.
pub(super) fn plain(suite: &Suite, of: &str, name: &str) -> Result<Vec<File>, StartError> {
    let Some(service) = suite.services.keys().next() else {
        return Err(StartError::Usage(format!(
            "suite `{of}` has no service that a scenario could ask: add a [service.X] to its suite.toml"
        )));
    };
    let text = named(PLAIN, of, name).replace("@SERVICE@", service.as_str());
    Ok(vec![File { path: format!("scenarios/{of}/{name}.toml"), text }])
}

/// The fault row of a scenario.
pub(super) fn fault(suite: &str, scenario: &str) -> File {
    File { path: format!("scenarios/{suite}/faults.toml"), text: named(FAULT, suite, scenario) }
}

fn template((path, text): &(&str, &str)) -> File {
    File { path: format!("templates/{path}"), text: (*text).to_owned() }
}

fn named(text: &str, suite: &str, scenario: &str) -> String {
    text.replace("@SUITE@", suite).replace("@SCENARIO@", scenario)
}
