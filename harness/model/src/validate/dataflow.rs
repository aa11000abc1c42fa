//! Dataflow: everything that is read is set before, and secrets are read only where they may be.
//!
//! Does not: follow `when`; a name that one branch sets counts as set.

use super::words::{BUILT_IN, declared};
use crate::action::Action;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{FixtureName, FlowName};
use crate::source::{At, Location};
use crate::suite::{Run, Scenario, Step, StepBody, Suite};
use crate::template::Template;
use std::collections::BTreeSet;

type Names = BTreeSet<String>;

/// Checks every scenario, fixture and resource.
pub(super) fn check(suite: &Suite, findings: &mut Diagnostics) {
    let mut walk = Walk { suite, findings };
    for (name, flow) in &suite.flows {
        let mut known: Names = walk.everywhere();
        known.extend(flow.inputs.iter().cloned());
        let outputs = walk.steps(&flow.steps, known);
        for output in flow.outputs.iter().filter(|output| !outputs.contains(&output.value)) {
            let message = format!("flow `{name}` promises `{}` and never sets it", output.value);
            let diagnostic = Diagnostic::error("E0331", message).at(&output.location, "promised here");
            walk.findings.push(diagnostic.did_you_mean(&output.value, outputs.iter().map(String::as_str)));
        }
    }
    for resource in suite.resources.values() {
        let find = outputs(suite, &resource.find);
        let later = [Some(&resource.release), Some(&resource.gone), resource.trace.as_ref()];
        for flow in later.into_iter().flatten().chain([&resource.find]) {
            let mut known: Names = walk.everywhere();
            known.extend(suite.fixtures.keys().map(FixtureName::to_string));
            known.extend(find.iter().cloned());
            known.insert("key".to_owned());
            walk.inputs(flow, &known);
        }
    }
    for scenario in &suite.scenarios {
        let known = walk.of_scenario(scenario);
        walk.steps(&scenario.steps, known);
    }
}

/// What the user of a flow gets.
fn outputs(suite: &Suite, flow: &At<FlowName>) -> Vec<String> {
    let outputs = suite.flows.get(&flow.value).into_iter().flat_map(|flow| &flow.outputs);
    outputs.map(|output| output.value.clone()).collect()
}

struct Walk<'a> {
    suite: &'a Suite,
    findings: &'a mut Diagnostics,
}

impl Walk<'_> {
    /// What every expression of the suite can read.
    fn everywhere(&self) -> Names {
        let built_in = BUILT_IN.iter().filter(|name| **name != "secret").map(ToString::to_string);
        built_in.chain(self.suite.bind.keys().cloned()).collect()
    }

    fn of_scenario(&self, scenario: &Scenario) -> Names {
        let mut known = self.everywhere();
        known.extend(scenario.matrix.axes.iter().map(|axis| axis.name.clone()));
        known.extend(scenario.matrix.keys().into_iter().map(str::to_owned));
        known.extend(scenario.matrix.include.iter().flat_map(|row| row.keys().cloned()));
        known.extend(scenario.arms.iter().flat_map(|arm| arm.bind.keys().cloned()));
        known.extend(scenario.fixtures.iter().map(FixtureName::to_string));
        known
    }

    /// Walks steps in their order; gives what is known after them.
    fn steps(&mut self, steps: &[Step], mut known: Names) -> Names {
        for step in steps {
            if let Some(when) = &step.when {
                self.known(when.reads(), &known, &when.at().location);
            }
            match &step.body {
                StepBody::Use(flow) => {
                    self.inputs(flow, &known);
                    known.extend(outputs(self.suite, flow));
                }
                StepBody::Run(run) => {
                    self.run(run, &known, &step.location);
                    known.extend(run.capture.iter().map(|(name, _)| name.clone()));
                }
            }
        }
        known
    }

    fn inputs(&mut self, flow: &At<FlowName>, known: &Names) {
        let Some(used) = self.suite.flows.get(&flow.value) else { return };
        for input in &used.inputs {
            let at = At { value: input.clone(), location: flow.location.clone() };
            let missing = declared(&at, "binding", "E0320", known.iter().map(String::as_str));
            self.findings
                .keep(missing.map_err(|found| found.help(format!("`{}` needs it as an input", flow.value))));
        }
    }

    fn run(&mut self, run: &Run, known: &Names, location: &Location) {
        let target = run.action.target();
        for template in run.action.templates() {
            self.known(template.reads(), known, &template.text().location);
        }
        for (_, key) in &run.owns {
            self.known(key.reads(), known, &key.text().location);
        }
        let service = &self.suite.services[&target.service];
        let of_service =
            service.headers.iter().flat_map(|(_, value)| value.reads()).chain(service.base.reads());
        let of_service = of_service.chain(service.hosts.iter().flat_map(Template::reads));
        self.known(&of_service.cloned().collect(), known, &target.path.text().location);
        let mut authority = known.clone();
        authority.insert("secret".to_owned());
        if let Some(credential) = &target.credential {
            self.known(self.suite.credentials[credential].bearer.reads(), &authority, location);
        }
        if let Some(reads) = run.action.payload().and_then(|name| self.suite.templates.reads(name)) {
            let allowed = match run.action {
                Action::Http(_) => &authority,
                Action::A2a(_) => known,
            };
            let payload = reads.iter().filter(|path| !self.suite.bind.contains_key(*path)).cloned().collect();
            self.payload(&payload, allowed, location);
        }
        let mut result = known.clone();
        result.extend(run.action.result_words().iter().map(ToString::to_string));
        let polled = run.poll.iter().flat_map(|poll| std::iter::once(&poll.until).chain(&poll.fail_if));
        for expression in
            run.expect.iter().chain(run.capture.iter().map(|(_, expression)| expression)).chain(polled)
        {
            self.known(expression.reads(), &result, &expression.at().location);
        }
        let budgets = run.poll.iter().flat_map(|poll| std::iter::once(&poll.within).chain(&poll.every));
        for budget in budgets {
            self.known(budget.reads(), known, &budget.text().location);
        }
    }

    /// A payload may guard a name that only some arms bind, so only what no arm of the suite binds is an error.
    fn payload(&mut self, reads: &BTreeSet<String>, known: &Names, location: &Location) {
        let of_arms =
            self.suite.scenarios.iter().flat_map(|scenario| &scenario.arms).flat_map(|arm| arm.bind.keys());
        let mut allowed: Names = of_arms.cloned().collect();
        allowed.extend(known.iter().cloned());
        self.known(reads, &allowed, location);
    }

    fn known(&mut self, reads: &BTreeSet<String>, known: &Names, location: &Location) {
        for path in reads {
            let root = path.split('.').next().unwrap_or(path);
            let at = At { value: root.to_owned(), location: location.clone() };
            let secret = root == "secret" && !known.contains(root);
            if secret {
                let message = format!("`{path}` may be read only in credentials and request bodies");
                self.findings.push(Diagnostic::error("E0321", message).at(location, "here"));
                continue;
            }
            self.findings.keep(declared(&at, "binding", "E0320", known.iter().map(String::as_str)));
            self.leaf(path, location);
        }
    }

    /// `env.X` and `secret.X` must be declared by the suite.
    fn leaf(&mut self, path: &str, location: &Location) {
        let Some((root, leaf)) = path.split_once('.') else { return };
        let at = At { value: leaf.to_owned(), location: location.clone() };
        let checked = match root {
            "env" => declared(&at, "variable", "E0322", self.suite.variables.keys().map(String::as_str)),
            "secret" => declared(
                &at,
                "secret",
                "E0412",
                self.suite.secrets.iter().map(crate::name::SecretName::as_str),
            ),
            _ => Ok(()),
        };
        self.findings.keep(checked);
    }
}
