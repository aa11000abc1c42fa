//! What a step will run, rendered with what is known before the run.
//!
//! Does not: run it.

use super::shown::{BodyShown, ExecShown};
use super::steps::{Walk, inline, owned};
use super::unknown::unknown;
use crate::action::ExecAction;
use crate::context::Bindings;
use crate::suite::Run;
use crate::units;
use std::time::Duration;

impl Walk<'_> {
    pub(super) fn exec(&mut self, run: &Run, action: &ExecAction, scope: &mut Bindings) -> BodyShown {
        let authority = self.authority(scope);
        let own = action.within.as_ref().and_then(|within| units::duration(&within.render(scope).ok()?).ok());
        let poll = run.poll.as_ref().and_then(|poll| self.poll(poll, scope));
        self.waits += poll.as_ref().map(|poll| poll.within.counts).or(own).unwrap_or(Duration::ZERO);
        let shown = ExecShown {
            program: action.program.value.clone(),
            args: action.args.iter().map(|argument| inline(argument, scope)).collect(),
            env: action.env.iter().map(|(name, value)| (name.clone(), inline(value, &authority))).collect(),
            stdin: action.stdin.as_ref().map(|stdin| self.payload(&stdin.value, None, &authority)),
            within: own.unwrap_or(self.plan.suite.request_timeout),
            owns: owned(self.plan, run, scope),
            secret: run.secret.clone(),
            expect: run.expect.iter().map(|expect| expect.text().to_owned()).collect(),
            capture: run.capture.iter().map(|(name, from)| (name.clone(), from.text().to_owned())).collect(),
            poll,
        };
        for (name, _) in &run.capture {
            scope.set_value(name, unknown(name));
        }
        BodyShown::Exec(Box::new(shown))
    }
}
