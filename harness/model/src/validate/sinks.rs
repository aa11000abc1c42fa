//! `[sink.X]`: that what it names is there, and that it reads what there is when a run is over.
//!
//! Does not: ask whether anybody listens.

use super::words;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{SecretName, TemplateName};
use crate::raw::{RawDestination, RawMoment, RawSink, RawWebhook, Table, Text};
use crate::source::Source;
use crate::suite::{Destination, Moment, Sink, Suite, Webhook};
use crate::template::{Escape, Template};
use indexmap::IndexMap;
use std::time::Duration;

/// How long the attempts of a webhook may take.
const WITHIN: Duration = Duration::from_secs(5);
/// What all sinks have together when a run is over.
const LONGEST: Duration = Duration::from_secs(10);

/// What the body of a sink may read.
pub const SAID: [&str; 8] = ["run", "sink", "verdicts", "exit", "reds", "leaks", "red", "env"];

/// Reads all sinks.
pub(super) fn read(
    source: &Source,
    raw: Table<RawSink>,
    suite: &Suite,
    findings: &mut Diagnostics,
) -> IndexMap<String, Sink> {
    let mut sinks = IndexMap::new();
    for (name, raw) in raw {
        let location = source.at(name.span());
        let name = name.into_inner();
        let on = moments(&raw, &name, findings, &location);
        let when = raw.when.map(Text::into_inner);
        if let Some(to) = destination(source, raw.to, suite, findings) {
            sinks.insert(name, Sink { location, when, on, to });
        }
    }
    for (name, sink) in &sinks {
        check(name, sink, suite, findings);
    }
    sinks
}

fn moments(
    raw: &RawSink,
    name: &str,
    findings: &mut Diagnostics,
    location: &crate::source::Location,
) -> Vec<Moment> {
    let moment = |raw: &RawMoment| match raw {
        RawMoment::Start => Moment::Start,
        RawMoment::Red => Moment::Red,
        RawMoment::End => Moment::End,
    };
    let mut on: Vec<Moment> =
        raw.on.as_ref().map_or_else(|| vec![Moment::End], |on| on.iter().map(moment).collect());
    on.sort_unstable();
    on.dedup();
    let is_file = !matches!(raw.to, RawDestination::Webhook(_));
    if on.is_empty() || (is_file && on != [Moment::End]) {
        let (message, help) = if on.is_empty() {
            (format!("sink `{name}` is never told anything"), "say when: on = [\"end\"]")
        } else {
            (
                format!("sink `{name}` is a file, and only the end of a run is written to files"),
                "take `on` out",
            )
        };
        findings.push(Diagnostic::error("E0841", message).at(location, "this one").help(help));
    }
    on
}

fn destination(
    source: &Source,
    raw: RawDestination,
    suite: &Suite,
    findings: &mut Diagnostics,
) -> Option<Destination> {
    let mut template = |text: Text| findings.keep(Template::parse(source.spanned(text), Escape::Plain));
    match raw {
        RawDestination::File(file) => {
            let path = template(file.path);
            let body = body(source, file.body, suite, findings);
            Some(Destination::File { path: path?, body: body? })
        }
        RawDestination::Prometheus(metrics) => {
            Some(Destination::Prometheus { path: template(metrics.path)? })
        }
        RawDestination::Webhook(RawWebhook { url, body: text, signed, bearer, within }) => {
            let url = template(url);
            let bearer = bearer.map(template);
            let body = body(source, text, suite, findings);
            let within = findings.keep(within_budget(source, within));
            let signed = signed.map(|name| secret(source, name, suite, findings));
            let signed = signed.map_or(Some(None), |found| found.map(Some));
            let bearer = bearer.map_or(Some(None), |found| found.map(Some));
            let (url, body, within) = (url?, body?, within?);
            Some(Destination::Webhook(Webhook { url, body, signed: signed?, bearer: bearer?, within }))
        }
    }
}

/// A deadline that leaves something of what all sinks have together.
fn within_budget(source: &Source, within: Option<Text>) -> Result<Duration, Diagnostic> {
    let Some(text) = within else { return Ok(WITHIN) };
    let at = source.spanned(text);
    let within = words::duration(&at)?;
    if within <= LONGEST {
        return Ok(within);
    }
    let message = format!("all sinks together have {}s when a run is over", LONGEST.as_secs());
    Err(Diagnostic::error("E0842", message)
        .at(&at.location, "longer than that")
        .help("5s is usual, 10s the most"))
}

fn body(source: &Source, name: Text, suite: &Suite, findings: &mut Diagnostics) -> Option<TemplateName> {
    let at = source.spanned(name);
    let known = suite.templates.names().collect::<Vec<_>>();
    findings.keep(words::declared(&at, "template", "E0314", known.iter().copied()))?;
    Some(TemplateName::new(at.value))
}

fn secret(source: &Source, name: Text, suite: &Suite, findings: &mut Diagnostics) -> Option<SecretName> {
    let at = source.spanned(name);
    findings.keep(words::declared(&at, "secret", "E0843", suite.secrets.iter().map(SecretName::as_str)))?;
    Some(SecretName::new(at.value))
}

/// What a sink reads must be there whenever it is told.
fn check(name: &str, sink: &Sink, suite: &Suite, findings: &mut Diagnostics) {
    let declared = |path: &str| match path.split_once('.') {
        Some(("env", variable)) => {
            suite.variables.contains_key(variable) || sink.when.as_deref() == Some(variable)
        }
        Some(("secret", secret)) => suite.secrets.contains(secret),
        Some((root, _)) => root == "run",
        None => false,
    };
    for template in sink.templates() {
        for path in template.reads().iter().filter(|path| !declared(path)) {
            let message = format!("sink `{name}` reads `{path}`, which is not there when a run is over");
            let help = "declared variables as `env.X`, declared secrets as `secret.X`, and `run.id`";
            findings
                .push(Diagnostic::error("E0844", message).at(&template.text().location, "here").help(help));
        }
    }
    if let Destination::File { path, .. } | Destination::Prometheus { path } = &sink.to {
        for secret in path.reads().iter().filter(|read| read.starts_with("secret.")) {
            let message = format!("sink `{name}` has `{secret}` in the name of a file, which is no secret");
            let help = "names of files stand on disks and screens: take a variable, `env.X`";
            findings.push(Diagnostic::error("E0844", message).at(&path.text().location, "here").help(help));
        }
    }
    let reads = sink.body().and_then(|body| suite.templates.reads(body)).into_iter().flatten();
    for path in reads.filter(|path| !SAID.contains(&path.split('.').next().unwrap_or_default())) {
        let body = sink.body().map(ToString::to_string).unwrap_or_default();
        let message = format!("`{body}` reads `{path}`, and a sink knows nothing of that");
        findings.push(
            Diagnostic::error("E0844", message)
                .at(&sink.location, "told through this sink")
                .help(format!("a sink is told: {}", SAID.join(", "))),
        );
    }
}
