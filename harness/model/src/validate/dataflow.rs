//! Dataflow: everything that is read is set before, on every way through a scenario, and secrets are read only where
//! they may be.
//!
//! Does not: decide which ways there are; `ways` does.

use super::ways::{self, Bound, Turn};
use super::words::{BUILT_IN, declared};
use crate::action::{Action, ElapseAction, Target};
use crate::case::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::guards;
use crate::name::{FlowName, SecretName};
use crate::source::{At, Location};
use crate::suite::{Beneath, Choice, Run, Scenario, Step, StepBody, Suite};
use crate::template::Template;
use std::collections::BTreeSet;

/// Checks every flow, resource and scenario; gives everything that they read.
pub(super) fn check(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) -> Reads {
    let mut walk = Walk { suite, findings, told: BTreeSet::new(), read: Reads::new() };
    for (name, flow) in &suite.flows {
        let mut reader = walk.reader();
        reader.bound.extend(flow.inputs.iter().map(|input| (input.value.clone(), None)));
        walk.steps(&flow.steps, &mut reader);
        for output in flow.outputs.iter().filter(|output| !reader.bound.contains_key(&output.value)) {
            let message = format!("flow `{name}` promises `{}` and never sets it", output.value);
            let diagnostic = Diagnostic::error("E0331", message).at(&output.location, "promised here");
            let known = reader.bound.keys().map(String::as_str);
            walk.findings.push(diagnostic.did_you_mean(&output.value, known));
        }
    }
    for resource in suite.resources.values() {
        let budgets = resource.states.edges.values().flatten().filter_map(|edge| edge.within.as_ref());
        for budget in budgets {
            let file = budget.text().location.source.name();
            walk.read.extend(budget.reads().iter().map(|path| (file.to_owned(), path.clone())));
        }
        let find = suite.flows.get(&resource.find.value).into_iter().flat_map(|flow| &flow.outputs);
        let mut reader = walk.reader();
        reader.bound.extend(suite.fixtures.keys().map(|name| (name.to_string(), None)));
        reader.bound.extend(find.map(|output| (output.value.clone(), None)));
        reader.bound.insert("key".to_owned(), None);
        let evidence = resource.evidence.as_ref();
        let later = [Some(&resource.release), Some(&resource.gone), resource.trace.as_ref(), evidence];
        let below = resource.below.iter().flat_map(Beneath::flows);
        for flow in later.into_iter().flatten().chain([&resource.find]).chain(below) {
            walk.inputs(flow, &reader);
        }
    }
    for capability in suite.capabilities.values() {
        let of_run = suite.fixtures.keys().map(ToString::to_string);
        let reader = walk.reader().also(of_run);
        walk.inputs(&capability.probe, &reader);
    }
    for (flow, given) in alone(suite) {
        let reader = walk.reader().also(given);
        walk.inputs(flow, &reader);
    }
    for (scenario, cases) in expanded {
        let mut anywhere = Bound::new();
        scenario.steps.iter().for_each(|step| ways::bind(suite, step, None, &mut anywhere));
        let mut anywhere: BTreeSet<String> = anywhere.into_keys().collect();
        anywhere.extend(cases.iter().flat_map(|case| case.bindings.names()).map(str::to_owned));
        for case in ways::distinct(suite, scenario, cases) {
            let mut reader = walk.reader();
            reader.bound.extend(case.bindings.names().map(|name| (name.to_owned(), None)));
            reader.bound.extend(scenario.fixtures.iter().map(|name| (name.to_string(), None)));
            reader.case = Some(case);
            reader.elsewhere = Some(&anywhere);
            walk.steps(&scenario.steps, &mut reader);
        }
    }
    walk.read
}

/// The flows of a sweep, each with the only name that it is given: no case and no fixture is left by then.
fn alone(suite: &Suite) -> impl Iterator<Item = (&At<FlowName>, Option<&'static str>)> {
    let recovers = suite.fixtures.values().filter_map(|fixture| fixture.recover.as_ref());
    let sweeps = suite.resources.values().filter_map(|resource| resource.sweep.as_ref());
    recovers.map(|flow| (flow, Some("key"))).chain(sweeps.map(|flow| (flow, None)))
}

/// What somebody who reads knows.
#[derive(Clone)]
struct Reader<'a> {
    /// The names that are bound so far.
    bound: Bound,
    /// The conditions under which the step at hand takes place.
    within: Vec<String>,
    /// The case, where steps are looked at on behalf of one.
    case: Option<&'a Case>,
    /// Names that something in the scenario binds.
    elsewhere: Option<&'a BTreeSet<String>>,
}

impl Reader<'_> {
    fn also(&self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut reader = self.clone();
        reader.bound.extend(names.into_iter().map(|name| (name.into(), None)));
        reader
    }
}

/// Something that is read: its paths, its text, and where it was written.
struct Read<'a> {
    paths: &'a BTreeSet<String>,
    text: &'a str,
    location: &'a Location,
}

impl<'a> Read<'a> {
    fn of(template: &'a Template) -> Self {
        let text = template.text();
        Self { paths: template.reads(), text: &text.value, location: &text.location }
    }

    fn at(self, location: &'a Location) -> Self {
        Self { location, ..self }
    }
}

struct Walk<'a> {
    suite: &'a Suite,
    findings: &'a mut Diagnostics,
    /// What was said already on another way, by place and name.
    told: BTreeSet<(String, usize, String)>,
    /// Every path that is read, with the name of the text that reads it.
    read: Reads,
}

/// Every path that is read, with the name of the text that reads it.
pub(super) type Reads = BTreeSet<(String, String)>;

impl<'a> Walk<'a> {
    /// What every step of the suite can read.
    fn reader(&self) -> Reader<'a> {
        let built_in =
            BUILT_IN.iter().filter(|name| !matches!(**name, "secret" | "sealed")).map(ToString::to_string);
        let bound = built_in.chain(self.suite.bind.keys().cloned()).map(|name| (name, None)).collect();
        Reader { bound, within: Vec::new(), case: None, elsewhere: None }
    }

    /// Walks steps in their order, and leaves what is bound after them.
    fn steps(&mut self, steps: &[Step], reader: &mut Reader<'_>) {
        for step in steps {
            if let Some(when) = &step.when {
                let read = Read { paths: when.reads(), text: when.text(), location: &when.at().location };
                self.known(&read, reader);
            }
            match ways::turn(step, reader.case) {
                Turn::Never => continue,
                Turn::Always => {}
                Turn::When(condition) => reader.within.push(condition),
            }
            match &step.body {
                StepBody::Use(flow) => self.inputs(flow, reader),
                StepBody::Run(run) => self.run(run, reader),
            }
            reader.within.clear();
            ways::bind(self.suite, step, reader.case, &mut reader.bound);
        }
    }

    fn inputs(&mut self, flow: &At<FlowName>, reader: &Reader<'_>) {
        let Some(used) = self.suite.flows.get(&flow.value) else { return };
        for input in &used.inputs {
            let input = &input.value;
            self.read.insert((flow.location.source.name().to_owned(), input.clone()));
            if let Some(found) = self.unbound(input, input, &flow.location, reader) {
                self.findings.push(found.help(format!("`{}` needs it as an input", flow.value)));
            }
        }
    }

    fn run(&mut self, run: &Run, reader: &Reader<'_>) {
        for template in run.templates() {
            self.known(&Read::of(template), reader);
        }
        let authority = reader.also(["secret"]);
        if let Some(target) = run.action.target() {
            self.target(target, reader, &authority);
        } else if run.action.elapse().is_some() {
            let given = reader.also([ElapseAction::INPUT]);
            for flow in self.suite.environments.values().filter_map(|spec| spec.elapse.as_ref()) {
                self.inputs(flow, &given);
            }
        }
        if let Some(payload) = run.action.payload()
            && let Some(paths) = self.suite.templates.reads(&payload.value)
        {
            let allowed = match run.action {
                Action::Http(_) => &authority.also(["sealed"]),
                Action::Exec(_) => &authority,
                Action::A2a(_) | Action::Elapse(_) => reader,
            };
            let text = self.suite.templates.text(&payload.value);
            self.known(&Read { paths, text: &text, location: &payload.location }, allowed);
        }
        for confided in run.action.confided() {
            self.known(&Read::of(confided), &authority);
        }
        let result = reader.also(run.action.result_words().iter().copied());
        let polled = run.poll.iter().flat_map(|poll| std::iter::once(&poll.until).chain(&poll.fail_if));
        let captured = run.capture.iter().map(|(_, expression)| expression);
        for expression in run.expect.iter().chain(captured).chain(polled) {
            let location = &expression.at().location;
            self.known(&Read { paths: expression.reads(), text: expression.text(), location }, &result);
        }
        for budget in run.poll.iter().flat_map(|poll| std::iter::once(&poll.within).chain(&poll.every)) {
            self.known(&Read::of(budget), reader);
        }
    }

    /// What a request reads of its service and its credential.
    fn target(&mut self, target: &Target, reader: &Reader<'_>, authority: &Reader<'_>) {
        let service = &self.suite.services[&target.service];
        let of_service = service.headers.iter().map(|(_, value)| value).chain([&service.base]);
        for template in of_service.chain(&service.hosts) {
            self.known(&Read::of(template).at(&target.path.text().location), reader);
        }
        if let Some(credential) = &target.credential {
            let bearer = Read::of(&self.suite.credentials[credential].bearer);
            // A secret that is not declared is a mistake of the credential, whoever uses it.
            let location = if bearer.paths.iter().any(|path| path.starts_with("secret.")) {
                bearer.location.clone()
            } else {
                target.path.text().location.clone()
            };
            self.known(&bearer.at(&location), authority);
        }
    }

    fn known(&mut self, read: &Read<'_>, reader: &Reader<'_>) {
        for path in read.paths {
            let root = path.split('.').next().unwrap_or(path);
            self.read.insert((read.location.source.name().to_owned(), path.clone()));
            if matches!(root, "secret" | "sealed") && !reader.bound.contains_key(root) {
                let places = match root {
                    "secret" => "credentials, request bodies and what a program is told",
                    _ => "request bodies",
                };
                let message = format!("`{path}` may be read only in {places}");
                if self.is_new(read.location, path) {
                    self.findings.push(Diagnostic::error("E0321", message).at(read.location, "here"));
                }
                continue;
            }
            if guards(read.text, path) && self.is_bound_somewhere(root, reader) {
                continue;
            }
            if let Some(found) = self.unbound(root, path, read.location, reader) {
                self.findings.push(found);
            }
            self.leaf(path, read.location);
        }
    }

    /// Whether any case binds a name: one that none does is a slip, also behind a `default`.
    fn is_bound_somewhere(&self, root: &str, reader: &Reader<'_>) -> bool {
        let by_arms = || self.suite.scenarios.iter().flat_map(|scenario| &scenario.arms);
        let by_includes = || self.suite.scenarios.iter().flat_map(|scenario| &scenario.matrix.include);
        let by_choices = || self.suite.choices.values().flat_map(Choice::names);
        reader.bound.contains_key(root)
            || by_choices().any(|name| name == root)
            || reader.elsewhere.is_some_and(|names| names.contains(root))
            || by_arms().any(|arm| arm.bind.contains_key(root))
            || by_includes().any(|row| row.contains_key(root))
    }

    /// What is wrong with reading a name, if anything is and nobody has said so yet.
    fn unbound(
        &mut self,
        root: &str,
        path: &str,
        location: &Location,
        reader: &Reader<'_>,
    ) -> Option<Diagnostic> {
        let otherwise = format!("or say what holds otherwise: {root} | default('')");
        let is_elsewhere = reader.elsewhere.is_some_and(|names| names.contains(root));
        let found = match (reader.bound.get(root), reader.case) {
            (Some(None), _) => return None,
            (Some(Some(condition)), _) if reader.within.contains(condition) => return None,
            (Some(Some(condition)), _) => Diagnostic::error("E0323", format!("`{root}` is not always set"))
                .at(location, format!("it is set when {condition}"))
                .help(format!("give this step the same `when`, {otherwise}")),
            (None, Some(case)) if is_elsewhere => {
                Diagnostic::error("E0324", format!("`{path}` is not bound in {}", case.id))
                    .at(location, "read here")
                    .help(format!("bind it for every case, {otherwise}"))
            }
            (None, _) if self.suite.fixtures.contains_key(root) => {
                Diagnostic::error("E0329", format!("no case has the fixture `{root}`"))
                    .at(location, format!("this needs `{path}`"))
                    .help(format!("ask for it: fixtures = [\"{root}\"] in [scenario], or inputs in [flow]"))
            }
            (None, _) => {
                let at = At { value: root.to_owned(), location: location.clone() };
                declared(&at, "binding", "E0320", reader.bound.keys().map(String::as_str)).err()?
            }
        };
        // A name that is missing is missing in all of the file.
        let told = (location.source.name().to_owned(), usize::MAX, root.to_owned());
        self.told.insert(told).then_some(found)
    }

    fn is_new(&mut self, location: &Location, name: &str) -> bool {
        self.told.insert((location.source.name().to_owned(), location.span.start, name.to_owned()))
    }

    /// `env.X` and `secret.X` must be declared by the suite.
    fn leaf(&mut self, path: &str, location: &Location) {
        let Some((root, leaf)) = path.split_once('.') else { return };
        let at = At { value: leaf.to_owned(), location: location.clone() };
        let checked = match root {
            "env" => declared(&at, "variable", "E0322", self.suite.variables.keys().map(String::as_str)),
            "secret" => declared(&at, "secret", "E0412", self.suite.secrets.iter().map(SecretName::as_str)),
            _ => Ok(()),
        };
        if let Err(found) = checked
            && self.is_new(location, path)
        {
            self.findings.push(found);
        }
    }
}
