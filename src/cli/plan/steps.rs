//! The steps of a case as text: what each sends, and what it waits for.
//!
//! Does not: find it out. The model does.

use crate::cli::page::Page;
use harness_runner::model::units;
use harness_runner::model::why::{
    BodyShown, Budget, ElapseShown, ExecShown, Holds, OwnsShown, Payload, PollShown, Rendered, RunShown,
    StepShown, UploadShown,
};

/// Draws steps, numbered below what they belong to.
pub(super) fn render(page: &mut Page, indent: usize, within: &str, steps: &[StepShown]) {
    for (position, step) in steps.iter().enumerate() {
        let number = format!("{within}{}", position + 1);
        page.heading(indent, &format!("{number} {}", step.name), &step.place);
        let below = indent + 2;
        if let Some((text, holds)) = &step.when {
            page.labelled(below, "when", &format!("{}: {}", on_one_line(text), holding(holds)));
        }
        match &step.body {
            BodyShown::Nothing => {}
            BodyShown::Flow(steps) => render(page, below, &format!("{number}."), steps),
            BodyShown::Run(run) => action(page, below, run),
            BodyShown::Elapse(elapse) => elapsed(page, below, &number, elapse),
            BodyShown::Exec(exec) => executed(page, below, exec),
        }
    }
}

fn holding(holds: &Holds) -> String {
    match holds {
        Holds::Yes => "holds".to_owned(),
        Holds::No => "does not hold, so this step does not take place".to_owned(),
        Holds::Open(paths) => format!("only the run knows ({})", paths.join(", ")),
        Holds::Broken(why) => format!("cannot be decided: {why}"),
    }
}

fn action(page: &mut Page, indent: usize, run: &RunShown) {
    let [base, path] = &run.url;
    let authority = run.credential.as_ref().map(|name| format!(" as {name}")).unwrap_or_default();
    let request = format!("{} {}{}", run.method.as_str(), short(base), short(path));
    page.labelled(indent, "send", &format!("{request}  on {}{authority}", run.service));
    page.list(indent, "", unrendered([base, path]));
    let headers = run.headers.iter().map(|(name, value)| format!("{name}: {}", short(value)));
    page.list(indent, "headers", headers);
    page.list(indent, "", unrendered(run.headers.iter().map(|(_, value)| value)));
    if let Some(payload) = &run.payload {
        sent(page, indent, payload);
    }
    if let Some(upload) = &run.upload {
        let UploadShown { field, name, media_type, bytes } = upload;
        let size = units::display_size(*bytes);
        let file = format!("{field} = {}, {media_type}, {size} made for the case", short(name));
        page.labelled(indent, "upload", &file);
        page.list(indent, "", unrendered([name]));
    }
    page.list(indent, "owns", run.owns.iter().map(owned));
    page.list(indent, "secret", run.secret.iter().map(|path| format!("{path}, never written down")));
    if let Some(poll) = &run.poll {
        waited(page, indent, poll);
    }
    made_of(page, indent, &run.expect, &run.capture);
}

fn elapsed(page: &mut Page, indent: usize, number: &str, elapse: &ElapseShown) {
    let duration = units::display(elapse.duration);
    match &elapse.flow {
        None => page.labelled(indent, "elapse", &format!("waits {duration}")),
        Some((flow, steps)) => {
            let told = format!("{duration} on the clock of the environment, by {flow}: nobody waits");
            page.labelled(indent, "elapse", &told);
            render(page, indent, &format!("{number}."), steps);
        }
    }
    made_of(page, indent, &elapse.expect, &elapse.capture);
}

fn executed(page: &mut Page, indent: usize, exec: &ExecShown) {
    // Each argument in quotes: what is one stays one for whoever reads it.
    let arguments = exec.args.iter().map(|argument| format!(" {:?}", short(argument)));
    let within = units::display(exec.within);
    page.labelled(
        indent,
        "run",
        &format!("{}{}, killed after {within}", exec.program, arguments.collect::<String>()),
    );
    page.list(indent, "", unrendered(&exec.args));
    page.list(indent, "env", exec.env.iter().map(|(name, value)| format!("{name}={}", short(value))));
    page.list(indent, "", unrendered(exec.env.iter().map(|(_, value)| value)));
    if let Some(stdin) = &exec.stdin {
        sent(page, indent, stdin);
    }
    page.list(indent, "owns", exec.owns.iter().map(owned));
    page.list(indent, "secret", exec.secret.iter().map(|path| format!("{path}, never written down")));
    if let Some(poll) = &exec.poll {
        waited(page, indent, poll);
    }
    made_of(page, indent, &exec.expect, &exec.capture);
}

/// What must hold of a result, and what it is remembered for.
fn made_of(page: &mut Page, indent: usize, expect: &[String], capture: &[(String, String)]) {
    page.list(indent, "expect", expect.iter().map(|text| on_one_line(text)));
    let captures = capture.iter().map(|(name, from)| format!("{name} = {}", on_one_line(from)));
    page.list(indent, "capture", captures);
}

fn owned(owned: &OwnsShown) -> String {
    let OwnsShown { kind, key, trace, release, gone } = owned;
    let judged = trace.as_ref().map(|trace| format!("its states judged by {trace}, ")).unwrap_or_default();
    format!("{kind} {}, {judged}released by {release}, shown gone by {gone}", short(key))
}

fn sent(page: &mut Page, indent: usize, payload: &Payload) {
    let template = format!("templates/{}", payload.template);
    match &payload.dialect {
        Some(dialect) => page.labelled(indent, "message", &format!("A2A {}, {template}", short(dialect))),
        None => page.labelled(indent, "body", &template),
    }
    page.list(indent, "", unrendered(&payload.dialect));
    match &payload.text {
        Rendered::Text(text) => page.verbatim(indent + 10, text),
        Rendered::Source { source, .. } => {
            page.list(indent, "", unrendered([&payload.text]));
            page.verbatim(indent + 10, source);
        }
    }
}

fn waited(page: &mut Page, indent: usize, poll: &PollShown) {
    page.labelled(indent, "until", &on_one_line(&poll.until));
    page.list(indent, "fail-if", poll.fail_if.iter().map(|text| on_one_line(text)));
    let (every, within) = (budget(poll.every), budget(poll.within));
    let is_cut = |budget: Budget| budget.counts != budget.written;
    let whose = if is_cut(poll.every) || is_cut(poll.within) { ": bounds of the environment" } else { "" };
    page.labelled(indent, "poll", &format!("every {every}, within {within}{whose}"));
    page.list(indent, "wake", poll.wake.iter().map(|path| format!("at each event of GET {}", short(path))));
    page.list(indent, "", unrendered(&poll.wake));
}

fn budget(budget: Budget) -> String {
    let counts = units::display(budget.counts);
    if budget.counts == budget.written {
        return counts;
    }
    format!("{counts} (not {})", units::display(budget.written))
}

/// An expression on one line.
fn on_one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A rendered text, or the template itself.
fn short(rendered: &Rendered) -> &str {
    match rendered {
        Rendered::Text(text) => text,
        Rendered::Source { source, .. } => source,
    }
}

/// Why templates stand there instead of what they render to.
fn unrendered<'a>(rendered: impl IntoIterator<Item = &'a Rendered>) -> Vec<String> {
    let why = rendered.into_iter().filter_map(|rendered| match rendered {
        Rendered::Text(_) => None,
        Rendered::Source { why, .. } => {
            Some(format!("(as written: it cannot be rendered before the run: {why})"))
        }
    });
    why.collect()
}
