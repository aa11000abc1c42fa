//! Telling: at the start and at the first red while the run goes on, at the end before its last lines.
//!
//! Does not: wait for anybody while cases run.

use super::{BUDGET, Parcel, SinkError, Sinks};
use futures_util::FutureExt;
use harness_model::event::{Event, Record};
use harness_model::exit::{ExitCode, of_case};
use harness_model::name::CaseId;
use harness_model::report::RunReport;
use harness_model::suite::Moment;
use harness_report::{Account, Closing, Delivered, Reporter, notice};
use jiff::Timestamp;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

/// What is under way to sinks.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) sinks: Arc<Sinks>,
    under_way: Arc<Mutex<JoinSet<Delivered>>>,
    runtime: Handle,
}

impl Told {
    /// Nobody was told anything yet.
    pub(crate) fn new(sinks: Sinks, runtime: &Handle) -> Self {
        Self { sinks: Arc::new(sinks), under_way: Arc::default(), runtime: runtime.clone() }
    }

    /// Tells everybody who wants to know of this moment, and does not wait.
    pub(crate) fn tell(&self, account: &Account<'_>, moment: Moment, red: Option<&CaseId>) {
        if !self.sinks.wants(moment) {
            return;
        }
        let said = notice(account, moment, red);
        let parcels = self.sinks.parcels(account, moment, &said);
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        for parcel in parcels {
            under_way.spawn_on(deliver(parcel), &self.runtime);
        }
    }

    /// What became of everything that was told; what has not arrived in time is given up.
    pub(crate) fn finish(&self) -> Vec<Delivered> {
        let empty = JoinSet::new();
        let mut under_way =
            std::mem::replace(&mut *self.under_way.lock().unwrap_or_else(PoisonError::into_inner), empty);
        let mut delivered = self.runtime.block_on(async {
            let mut delivered = Vec::new();
            while let Some(done) = under_way.join_next().await {
                delivered.extend(done.ok());
            }
            delivered
        });
        delivered.sort_by(|one, other| (&one.sink, one.moment).cmp(&(&other.sink, other.moment)));
        delivered
    }
}

async fn deliver(parcel: Parcel) -> Delivered {
    let Parcel { sink, to, moment, key, made } = parcel;
    let outcome = match made {
        Ok(ready) => {
            let delivery = AssertUnwindSafe(ready.sink.deliver(ready.text, &key)).catch_unwind();
            // What a sink waits for is its own affair, up to what all of them have together.
            match tokio::time::timeout(BUDGET, delivery).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_panic)) => Err(SinkError::Panicked),
                Err(_elapsed) => Err(SinkError::Late),
            }
        }
        Err(error) => Err(error),
    };
    Delivered { sink, to, moment, failure: outcome.err().map(|error| error.to_string()) }
}

/// Who notices the start of a run and its first red.
pub(crate) struct Watcher {
    told: Told,
    recording: String,
    report: RunReport,
    began: Option<Timestamp>,
    has_begun: bool,
    has_red: bool,
}

impl Watcher {
    /// Watches for whoever wants to know; none where nobody does.
    pub(crate) fn watch(told: &Told, recording: String) -> Option<Box<dyn Reporter>> {
        let wanted = [Moment::Start, Moment::Red].into_iter().any(|moment| told.sinks.wants(moment));
        let (report, told) = (RunReport::default(), told.clone());
        let watcher = Self { told, recording, report, began: None, has_begun: false, has_red: false };
        wanted.then(|| Box::new(watcher) as Box<dyn Reporter>)
    }

    fn tell(&self, moment: Moment, red: Option<&CaseId>) {
        let closing = Closing {
            elapsed: Duration::ZERO,
            recording: &self.recording,
            views: &[],
            forgotten: None,
            retained: None,
            sinks: &[],
        };
        self.told.tell(&Account::new(&self.report, closing).began(self.began), moment, red);
    }
}

impl Reporter for Watcher {
    fn event(&mut self, record: &Record) {
        let event = &record.event;
        self.began.get_or_insert(record.at);
        let is_plan =
            matches!(event, Event::RunStarted { .. } | Event::CasePlanned { .. } | Event::Demanded { .. });
        if !is_plan && !self.has_begun {
            self.has_begun = true;
            self.tell(Moment::Start, None);
        }
        self.report.apply(event);
        let Event::CaseEnded { case, ending, .. } = event else { return };
        let gate = self.report.cases.get(case).map(|case| self.report.gate(case));
        let counts = gate.map(|gate| of_case(ending.verdict, gate, self.report.policy));
        if !self.has_red && counts.is_some_and(|exit| exit != ExitCode::Success) {
            self.has_red = true;
            self.tell(Moment::Red, Some(case));
        }
    }

    fn notice(&mut self, _text: &str) {}

    fn finished(&mut self, _report: &RunReport, _closing: Closing<'_>) {}
}

#[cfg(test)]
mod tests {
    use super::super::{Ready, Sink};
    use super::{BUDGET, Moment, Parcel, SinkError, deliver};
    use harness_engine::net::wait::now;
    use tokio::task::JoinSet;

    struct Silent;

    #[async_trait::async_trait]
    impl Sink for Silent {
        async fn deliver(&self, _text: String, _key: &str) -> Result<(), SinkError> {
            std::future::pending().await
        }
    }

    fn parcel(number: usize) -> Parcel {
        Parcel {
            sink: format!("silent-{number}"),
            to: "nobody".to_owned(),
            moment: Moment::End,
            key: String::new(),
            made: Ok(Ready { sink: Box::new(Silent), text: String::new() }),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_sinks_are_silent_a_run_waits_for_all_of_them_no_longer_than_for_one() {
        let began = now();
        let delivered =
            (0..40).map(|number| deliver(parcel(number))).collect::<JoinSet<_>>().join_all().await;
        assert_eq!(began.elapsed().as_secs(), BUDGET.as_secs());
        assert!(delivered.iter().all(|told| told.failure == Some(SinkError::Late.to_string())));
        assert_eq!(delivered.len(), 40);
    }
}
