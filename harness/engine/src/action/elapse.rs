//! Executes `run.elapse`: the environment's own flow lets time pass, or we wait.
//!
//! Does not: believe a flow that says nothing; how much time passed is its output, and the step's to expect.

use super::{Nature, Observation};
use crate::check::Finding;
use crate::net::wait::{self, Slept};
use crate::walk::Walk;
use harness_model::action::{ElapseAction, RenderedElapse};
use harness_model::context::Bindings;
use harness_model::name::FlowName;
use harness_model::units;
use minijinja::Value;

impl Walk<'_> {
    /// Lets time pass; an interruption ends the wait.
    pub(crate) async fn elapse(
        &self,
        action: &RenderedElapse,
        bindings: &Bindings,
    ) -> Result<Observation, Finding> {
        match &self.run.elapse {
            Some(flow) => self.advance(flow, action, bindings).await,
            None => self.wait(action, bindings).await,
        }
    }

    async fn advance(
        &self,
        flow: &FlowName,
        action: &RenderedElapse,
        bindings: &Bindings,
    ) -> Result<Observation, Finding> {
        let inputs = bindings.clone().with(ElapseAction::INPUT, &action.duration);
        let outputs = self.flow(flow, &inputs).await.map_err(|stop| Finding {
            verdict: stop.verdict,
            cause: format!(
                "time did not pass: in step `{}` ({}) of `{flow}`: {}",
                stop.step, stop.place, stop.cause
            ),
            seen: stop.seen,
            halt: stop.signs.halt,
        })?;
        let elapsed = outputs.get(ElapseAction::OUTPUT).cloned().unwrap_or_default();
        let summary = format!("{flow} says that {elapsed} s passed");
        Ok(observation("advanced", elapsed, summary))
    }

    async fn wait(&self, action: &RenderedElapse, bindings: &Bindings) -> Result<Observation, Finding> {
        let duration = units::duration(&action.duration)
            .map_err(|error| Finding::errored(error.to_string(), bindings))?;
        let started = wait::now();
        match wait::sleep(duration, &self.cancel).await {
            Slept::Through => {
                let elapsed = Value::from(started.elapsed().as_secs_f64());
                let summary = format!("waited for {elapsed} s");
                Ok(observation("waited", elapsed, summary))
            }
            Slept::Cancelled => Err(Finding::cancelled(bindings)),
        }
    }
}

fn observation(outcome: &str, elapsed: Value, summary: String) -> Observation {
    let mut result = Bindings::default().with("outcome", outcome);
    result.set_value("elapsed", elapsed);
    Observation { result, shown: None, nature: Nature::Final, summary, retry_after: None, edge: None }
}
