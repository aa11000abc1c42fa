//! `[[step]]`, in scenarios and flows.
//!
//! Does not: follow bindings from step to step; `dataflow` does.

use super::demands;
use super::head::{flow_name, headers};
use super::words;
use super::{looks, programs, uploads};
use crate::action::{
    A2aAction, Action, ElapseAction, ExecAction, HttpAction, RawA2a, RawAction, RawElapse, RawExec, RawHttp,
    Target,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::Expression;
use crate::name::{CredentialName, ResourceKind, ServiceName, StepName, TemplateName};
use crate::raw::{RawPoll, RawStep, Spanned, Table, Text};
use crate::source::{At, Source};
use crate::suite::{Poll, Run, Step, StepBody, Suite};
use crate::template::{Escape, Template};

/// The steps of a file that are right; what is wrong with the others goes to the findings.
pub(super) fn read(
    source: &Source,
    raw: Vec<Spanned<RawStep>>,
    suite: &Suite,
    findings: &mut Diagnostics,
) -> Vec<Step> {
    let read = raw.into_iter().filter_map(|step| Reader { source, suite, findings }.step(step).ok());
    let steps: Vec<Step> = read.collect();
    for (position, step) in steps.iter().enumerate().filter(|(_, step)| step.run().is_some()) {
        if steps[..position].iter().any(|before| before.run().is_some() && before.name == step.name) {
            let message = format!("two steps are called `{}`", step.name);
            let diagnostic = Diagnostic::error("E0328", message).at(&step.location, "the second");
            findings.push(diagnostic.help("marks and faults speak of steps by name: call them apart"));
        }
    }
    steps
}

/// What was wrong is among the findings.
struct Reported;

type Checked<T> = Result<T, Reported>;

struct Reader<'a> {
    source: &'a Source,
    suite: &'a Suite,
    findings: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn step(&mut self, raw: Spanned<RawStep>) -> Checked<Step> {
        let span = raw.span();
        let header = self.source.at(span.start..(span.start + "[[step]]".len()).min(span.end));
        let mut raw = raw.into_inner();
        let when = raw.when.take().map(|text| self.expression(text));
        let name = raw.name.take();
        let location = name.as_ref().map_or_else(|| header.clone(), |name| self.source.at(name.span()));
        let (name, body) = match (raw.run.take(), raw.flow.take()) {
            (Some(action), None) => {
                let body = self.run(action, raw, &location)?;
                let Some(name) = name else {
                    let nameless = Diagnostic::error("E0305", "a step without a name");
                    self.findings.push(nameless.at(&location, "here").help("name = \"create\""));
                    return Err(Reported);
                };
                (name.into_inner(), StepBody::Run(Box::new(body)))
            }
            (None, Some(flow)) => {
                if !(raw.expect.is_empty()
                    && raw.capture.is_empty()
                    && raw.owns.is_empty()
                    && raw.milestone.is_none()
                    && raw.poll.is_none())
                {
                    let message =
                        "a step that uses a flow has no expect, capture, owns, milestone or poll of its own";
                    let diagnostic = Diagnostic::error("E0306", message).at(&location, "in this step");
                    self.findings.push(diagnostic.help("write them in the flow's own steps"));
                }
                let flow = flow_name(self.source, flow);
                let known = flow.value.as_str();
                let short = known.rsplit('/').next().unwrap_or(known).to_owned();
                (name.map_or(short, Text::into_inner), StepBody::Use(flow))
            }
            (Some(_), Some(_)) | (None, None) => {
                let message = "a step either runs something or uses a flow";
                let diagnostic = Diagnostic::error("E0307", message).at(&location, "in this step");
                self.findings.push(diagnostic.help("run.http = { … } or use = \"flows/…\""));
                return Err(Reported);
            }
        };
        Ok(Step { name: StepName::new(name), location, when: when.transpose()?, body })
    }

    fn run(&mut self, action: RawAction, raw: RawStep, location: &crate::source::Location) -> Checked<Run> {
        if raw.expect.is_empty() && raw.poll.is_none() {
            let message = "a step that expects nothing proves nothing";
            let diagnostic = Diagnostic::error("E0310", message).at(location, "no `expect`, no `poll.until`");
            self.findings.push(diagnostic.help("say what must hold: expect = [\"status == 200\"]"));
        }
        if raw.poll.is_some() && !raw.owns.is_empty() {
            let diagnostic = Diagnostic::error("E0319", "a step that creates something is not repeated");
            let diagnostic = diagnostic.at(location, "it owns something, and polls");
            self.findings.push(diagnostic.help("create in this step, and wait in the next one"));
        }
        let action = match action {
            RawAction::Http(http) => self.http(http).map(Action::Http),
            RawAction::A2a(a2a) => self.a2a(a2a).map(Action::A2a),
            RawAction::Elapse(RawElapse(duration)) => {
                if raw.poll.is_some() || !raw.owns.is_empty() || !raw.secret.is_empty() {
                    let message = "a step that lets time pass has no poll, owns or secret";
                    let diagnostic = Diagnostic::error("E0370", message).at(location, "it sends nothing");
                    self.findings
                        .push(diagnostic.help("let time pass in this step, and look in the next one"));
                }
                let duration = self.keep(words::budget(self.source, duration));
                duration.map(|duration| Action::Elapse(ElapseAction { duration }))
            }
            RawAction::Exec(exec) => {
                let wake = raw.poll.as_ref().and_then(|poll| poll.get_ref().wake.as_ref());
                self.findings.extend(wake.map(|wake| programs::unheard(self.source, wake)));
                self.exec(exec).map(Action::Exec)
            }
        };
        let owns = self.owns(raw.owns);
        let secret = raw.secret.into_iter().map(Text::into_inner).collect();
        let expected = raw.expect.len();
        let expect: Vec<_> = raw.expect.into_iter().filter_map(|text| self.expression(text).ok()).collect();
        let is_read = expected > 0 && expect.len() == expected || expected == 0 && raw.poll.is_some();
        let capture = self.captures(raw.capture);
        let milestone = raw.milestone.map(|name| demands::milestone(self.source, name));
        let poll = raw.poll.map(|poll| self.poll(poll.into_inner()));
        let run = Run { action: action?, owns, secret, expect, capture, milestone, poll: poll.transpose()? };
        // While a condition is wrong, nobody knows what it reads.
        if is_read {
            looks::check(&run, location, self.findings);
        }
        Ok(run)
    }

    fn keep<T>(&mut self, checked: Result<T, Diagnostic>) -> Checked<T> {
        self.findings.keep(checked).ok_or(Reported)
    }

    fn expression(&mut self, text: Text) -> Checked<Expression> {
        self.keep(Expression::parse(self.source.spanned(text)))
    }

    fn template(&mut self, text: Text, escape: Escape) -> Checked<Template> {
        self.keep(Template::parse(self.source.spanned(text), escape))
    }

    fn http(&mut self, raw: RawHttp) -> Checked<HttpAction> {
        let place = self.source.at(raw.on.span());
        let upload =
            raw.upload.map(|upload| uploads::read(self.source, upload, self.findings).ok_or(Reported));
        if upload.is_some() {
            let sent = uploads::Sent { method: raw.method, body: raw.body.as_ref(), place: &place };
            self.findings.extend(sent.mistakes(self.source));
        }
        let body = raw.body.map(|name| self.payload(name));
        let target = self.target(raw.on, raw.credential, raw.path, raw.headers);
        let (target, body, upload) = (target?, body.transpose()?, upload.transpose()?);
        Ok(HttpAction { target, method: raw.method, body, upload })
    }

    fn a2a(&mut self, raw: RawA2a) -> Checked<A2aAction> {
        let prompt = self.payload(raw.prompt);
        let location = self.source.at(raw.on.span());
        let dialect = match raw.dialect {
            Some(dialect) => self.template(dialect, Escape::Plain),
            None => self.keep(Template::parse(At { value: "1.0".to_owned(), location }, Escape::Plain)),
        };
        let target = self.target(raw.on, raw.credential, raw.path, raw.headers);
        Ok(A2aAction { target: target?, prompt: prompt?, dialect: dialect? })
    }

    fn exec(&mut self, raw: RawExec) -> Checked<ExecAction> {
        let program = self.source.spanned(raw.program);
        let known = self.keep(programs::path(&program));
        self.findings.extend(programs::shell(&program));
        let args: Vec<_> = raw.args.into_iter().map(|text| self.template(text, Escape::Plain)).collect();
        let mut env = Vec::new();
        for (name, value) in raw.env {
            let name = self.keep(programs::variable(&self.source.spanned(name)));
            env.push(self.template(value, Escape::Plain).and_then(|value| Ok((name?, value))));
        }
        let stdin = raw.stdin.map(|name| self.payload(name));
        let within = raw.within.map(|text| self.keep(words::budget(self.source, text)));
        known?;
        Ok(ExecAction {
            program,
            args: args.into_iter().collect::<Checked<_>>()?,
            env: env.into_iter().collect::<Checked<_>>()?,
            stdin: stdin.transpose()?,
            within: within.transpose()?,
        })
    }

    fn target(
        &mut self,
        on: Text,
        credential: Option<Text>,
        path: Text,
        raw_headers: Table<Text>,
    ) -> Checked<Target> {
        let on = self.source.spanned(on);
        let services = self.suite.services.keys().map(ServiceName::as_str);
        let known = self.keep(words::declared(&on, "service", "E0311", services));
        let service = ServiceName::new(on.value);
        let credential = credential.filter(|_| known.is_ok()).map(|name| self.credential(name, &service));
        let path = self.path(path);
        let headers = headers(self.source, raw_headers, self.findings);
        known?;
        Ok(Target { service, credential: credential.transpose()?, path: path?, headers })
    }

    fn path(&mut self, path: Text) -> Checked<Template> {
        self.findings.extend(words::slash(path.get_ref(), &self.source.at(path.span())));
        self.template(path, Escape::Path)
    }

    fn credential(&mut self, name: Text, service: &ServiceName) -> Checked<CredentialName> {
        let at = self.source.spanned(name);
        let known = self.suite.credentials.keys().map(CredentialName::as_str);
        self.keep(words::declared(&at, "credential", "E0312", known))?;
        let credential = &self.suite.credentials[at.value.as_str()];
        if !credential.on.contains(service) {
            let bound = credential.on.iter().map(ServiceName::as_str).collect::<Vec<_>>().join(", ");
            let message = format!("credential `{}` must not be sent to `{service}`", at.value);
            let diagnostic =
                Diagnostic::error("E0313", message).at(&at.location, format!("bound to {bound}"));
            self.findings.push(diagnostic.help("use one that is bound to this service, or widen its `on`"));
            return Err(Reported);
        }
        Ok(CredentialName::new(at.value))
    }

    fn payload(&mut self, name: Text) -> Checked<At<TemplateName>> {
        let at = self.source.spanned(name);
        let known: Vec<&str> = self.suite.templates.names().collect();
        self.keep(words::declared(&at, "template", "E0314", known.into_iter()))?;
        Ok(At { value: TemplateName::new(at.value), location: at.location })
    }

    fn owns(&mut self, raw: Table<Text>) -> Vec<(ResourceKind, Template)> {
        let mut owns = Vec::new();
        for (kind, key) in raw {
            let kind = self.source.spanned(kind);
            let known = self.suite.resources.keys().map(ResourceKind::as_str);
            let declared = self.keep(words::declared(&kind, "resource", "E0317", known));
            if let (Ok(()), Ok(key)) = (declared, self.template(key, Escape::Plain)) {
                owns.push((ResourceKind::new(kind.value), key));
            }
        }
        owns
    }

    fn captures(&mut self, raw: Table<Text>) -> Vec<(String, Expression)> {
        let mut captures = Vec::new();
        for (name, expression) in raw {
            let name = self.keep(words::binding(self.source, &name));
            if let (Ok(name), Ok(expression)) = (name, self.expression(expression)) {
                captures.push((name, expression));
            }
        }
        captures
    }

    fn poll(&mut self, raw: RawPoll) -> Checked<Poll> {
        let until = self.expression(raw.until);
        let fail_if = raw.fail_if.map(|text| self.expression(text));
        let every = raw.every.map(|text| self.keep(words::budget(self.source, text)));
        let within = self.keep(words::budget(self.source, raw.within));
        let wake = raw.wake.map(|path| self.path(path));
        Ok(Poll {
            until: until?,
            fail_if: fail_if.transpose()?,
            every: every.transpose()?,
            within: within?,
            wake: wake.transpose()?,
        })
    }
}
