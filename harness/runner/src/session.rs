//! A session: everything around the cases of a run, from the first event to the exit code.
//!
//! Does not: run cases one after the other or side by side; a front does.

use crate::exclusive::{self, ExclusiveError, Place};
use crate::identity::{Label, NoRandomness};
use crate::recording::{self, Recording, RecordingError, Wanted};
use crate::signals::{self, Audience};
use crate::sink::{SinkSettings, Sinks, Told, Watcher};
use crate::{identity, sweep};
use harness_engine::case;
use harness_engine::environment::Environment;
use harness_engine::journal::{Journal, Recorder};
use harness_engine::machine::Machine;
use harness_engine::net::http::ClientError;
use harness_engine::net::redact::Redactor;
use harness_engine::run::{RunContext, RunIdentity, Unmet};
use harness_model::below::Below;
use harness_model::demand::Demands;
use harness_model::estimate::Estimates;
use harness_model::event::{Event, VERSION};
use harness_model::exit::{ExitCode, SkipPolicy};
use harness_model::gate::Decision;
use harness_model::keep::{Keep, Keeping};
use harness_model::plan::{Plan, PlanDocument, Planned, Reasons};
use harness_model::provenance::Provenance;
use harness_model::report::RunReport;
use harness_model::shard::Predictions;
use harness_model::signs::Halt;
use harness_model::suite::SecretSupply;
use harness_model::verdict::{Ending, Verdict};
use harness_report::{Reporter, View};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// How long a sweep leaves alone what was kept: long enough to look at it the same day.
const KEPT_FOR: Duration = Duration::from_secs(8 * 60 * 60);

/// Who else runs cases of the same run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Process {
    /// Nobody: this process is the run.
    Whole,
    /// nextest starts a process for each case, all under one run.
    Nextest {
        /// Its run.
        run: String,
    },
}

/// Everything that a run needs.
pub struct Job {
    /// The plan.
    pub plan: Plan,
    /// The environment, not started.
    pub environment: Box<dyn Environment>,
    /// Why it is what it is.
    pub reasons: Reasons,
    /// The folder that gets the recording, in a folder of its own.
    pub recordings: PathBuf,
    /// Who else runs cases of the same run.
    pub process: Process,
    /// The file of the history that the run is added to when it is over; none when it is not to be remembered.
    pub history: Option<PathBuf>,
    /// Where the run comes from, and what sets it apart.
    pub provenance: Provenance,
    /// What is left standing on purpose.
    pub keep: Keep,
    /// Views that are written when it is over; one that cannot be changes nothing but the last lines.
    pub views: Vec<View>,
    /// What somebody calls the run, to be found in the names of what it creates.
    pub label: Option<Label>,
    /// What its programs get of this machine.
    pub machine: Machine,
    /// What is asked for below the target.
    pub below: Below,
    /// How long its cases took before: the longest start first.
    pub estimates: Estimates,
    /// What the sinks of its suite get of the settings.
    pub sinks: SinkSettings,
}

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No runtime.
    #[error("no threads to run on")]
    Runtime(#[source] std::io::Error),
    /// No signals.
    #[error("cannot listen for signals")]
    Signals(#[source] std::io::Error),
    /// No randomness.
    #[error("cannot name the run")]
    Identity(#[source] NoRandomness),
    /// No recording.
    #[error("a run without a recording proves nothing")]
    Recording(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Somebody interrupted what is no run.
    #[error("interrupted")]
    Interrupted,
    /// A thread of the front outlived it.
    #[error("a case still runs after its front has ended")]
    Held,
    /// Another run of the lane's group is under way.
    #[error(transparent)]
    Exclusive(#[from] ExclusiveError),
    /// No HTTP client.
    #[error("cannot reach any service")]
    Client(#[source] ClientError),
}

impl From<RecordingError> for SessionError {
    fn from(error: RecordingError) -> Self {
        Self::Recording(Box::new(error))
    }
}

/// A run under way, from its first event on.
pub(crate) struct Session {
    pub(crate) runtime: Runtime,
    pub(crate) plan: Arc<Plan>,
    /// The positions of its cases, in the order in which they start.
    pub(crate) order: Vec<usize>,
    environment: Box<dyn Environment>,
    run: Result<Arc<RunContext>, String>,
    journal: Journal,
    recording: Arc<Recording>,
    wanted: Wanted,
    audience: Arc<Audience>,
    told: Told,
    _place: Option<Place>,
}

impl Session {
    /// Begins the run: recording, environment, context. A target that does not come up is no error here; its cases
    /// end as errored.
    pub(crate) fn begin(job: Job, reporters: Vec<Box<dyn Reporter>>) -> Result<Self, SessionError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(SessionError::Runtime)?;
        let (cancel, audience) = (CancellationToken::new(), Arc::new(Audience::default()));
        {
            let _context = runtime.enter();
            signals::listen(&cancel, &audience).map_err(SessionError::Signals)?;
        }
        let place = runtime.block_on(place(&job, &cancel))?;
        let identity = identity::new(job.label.as_ref()).map_err(SessionError::Identity)?;
        let plan = job.plan.document(&job.reasons, &job.estimates);
        let order = Predictions::new(&job.plan, &job.estimates).longest_first();
        let redactor = Redactor::default();
        let told = Told::new(sinks(&job, &redactor), runtime.handle());
        let mut reporters = reporters;
        reporters.extend(Watcher::watch(&told, folder(&job, &identity).display().to_string()));
        let (recording, fingerprint) = recording(&job, &identity, &plan, (reporters, &cancel))?;
        let (recording, wanted) = (
            Arc::new(recording),
            Wanted {
                views: job.views.clone(),
                process: job.process.clone(),
                plan: vec![plan],
                history: job.history.clone(),
                suite: Arc::clone(&job.plan.suite),
            },
        );
        audience.follows(&recording);
        let journal = Journal::new(Arc::clone(&recording) as Arc<dyn Recorder>, redactor);
        announce(&job, &identity, &journal, fingerprint);
        let run = up(&job, identity, &journal, cancel, &runtime)?;
        if let Ok(run) = &run {
            runtime.spawn(Arc::clone(run).keep_time(job.plan.timeout));
        }
        let (plan, environment) = (Arc::new(job.plan), job.environment);
        Ok(Self {
            runtime,
            plan,
            order,
            environment,
            run,
            journal,
            recording,
            wanted,
            audience,
            told,
            _place: place,
        })
    }

    /// The future of one case.
    pub(crate) fn case(&self, position: usize) -> impl Future<Output = Ending> + Send + 'static {
        let (run, plan, journal) = (self.run.clone(), Arc::clone(&self.plan), self.journal.clone());
        async move {
            let planned = &plan.cases[position];
            match run {
                Ok(run) => case::run(&run, planned).await,
                Err(cause) => without_target(planned, &cause, &journal),
            }
        }
    }

    /// Ends a run whose cases nobody else has counted.
    pub(crate) fn end_alone(self) -> (RunReport, ExitCode) {
        let ours = self.tally();
        self.end(Ok(ours))
    }

    /// Ends the run: release what it owns, stop the environment, compare the tallies (passed, failed, ignored), and give
    /// the report. A front that broke down says how.
    pub(crate) fn end(self, tally: Result<[u64; 3], String>) -> (RunReport, ExitCode) {
        if let Ok(run) = &self.run {
            self.runtime.block_on(run.release());
        }
        if let Err(error) = self.runtime.block_on(self.environment.stop()) {
            self.journal.record(Event::Contradiction { cause: error.to_string() });
        }
        let faults = self.environment.never_bit();
        if self.audience.was_interrupted() {
            self.journal.record(Event::Interrupted);
        } else if !faults.is_empty() && self.run.is_ok() {
            self.journal.record(Event::NeverBit { faults });
        }
        let ours = self.tally();
        match tally {
            Ok(theirs) if theirs == ours => {}
            Ok(theirs) => {
                let cause =
                    format!("libtest counts {theirs:?} (ok, failed, ignored), the event log {ours:?}");
                self.journal.record(Event::Contradiction { cause });
            }
            Err(cause) => self.journal.record(Event::Contradiction { cause }),
        }
        let exit = self.recording.report().exit();
        self.journal.record(Event::RunEnded { exit, lines: None });
        let report = self.recording.report();
        self.recording.finish(&report, &self.wanted, &self.told);
        self.runtime.shutdown_timeout(Duration::from_secs(5));
        let exit = report.exit();
        (report, exit)
    }

    /// The folder of the run.
    pub(crate) fn folder(&self) -> &Path {
        self.recording.folder()
    }

    fn tally(&self) -> [u64; 3] {
        let ours = self.recording.report().libtest_tally();
        [ours["ok"], ours["failed"], ours["ignored"]]
    }
}

/// Who is told. A process that is one case of a run tells nobody of a run that it does not know.
fn sinks(job: &Job, redactor: &Redactor) -> Sinks {
    match &job.process {
        Process::Whole => Sinks::new(&job.plan.suite, job.sinks.clone(), redactor),
        Process::Nextest { .. } => Sinks::none(&job.plan.suite),
    }
}

fn folder(job: &Job, identity: &RunIdentity) -> PathBuf {
    match &job.process {
        Process::Whole => job.recordings.join(&identity.id),
        Process::Nextest { run } => job.recordings.join(run),
    }
}

/// The recording, begun, and what names its plan: the plan is there before anything starts.
fn recording(
    job: &Job,
    identity: &RunIdentity,
    plan: &PlanDocument,
    (reporters, cancel): (Vec<Box<dyn Reporter>>, &CancellationToken),
) -> Result<(Recording, String), RecordingError> {
    let part = match &job.process {
        Process::Whole => None,
        Process::Nextest { .. } => Some(identity.token.as_str()),
    };
    let folder = folder(job, identity);
    let fingerprint = recording::write_plan(&folder, part, plan)?;
    let file = recording::events_file(part);
    Ok((Recording::begin(&folder, &file, reporters, cancel.clone())?, fingerprint))
}

fn announce(job: &Job, identity: &RunIdentity, journal: &Journal, plan: String) {
    journal.record(Event::RunStarted {
        version: VERSION,
        run: identity.id.clone(),
        suite: job.plan.suite.name.clone(),
        lane: job.plan.overlay.lane.clone(),
        lane_because: job.reasons.lane.clone(),
        expects: job.plan.lane().and_then(|lane| lane.expects),
        notes: job.reasons.notes.clone(),
        environment: job.plan.environment.clone(),
        because: job.reasons.environment.clone(),
        selection: job.plan.selection.clone(),
        policy: job.plan.policy,
        provenance: Box::new(job.provenance.clone()),
        process: Some(identity::writer()),
        plan: Some(plan),
        again: Box::new(job.reasons.again.clone()),
        shard: job.plan.part().map(|part| Box::new(part.divided.clone())),
    });
    for planned in &job.plan.cases {
        journal.record(Event::CasePlanned {
            case: planned.case.id.clone(),
            arms: planned.arms.clone(),
            gate: planned.gate,
            decision: planned.decision.clone(),
            chosen: job.plan.chosen(planned),
        });
    }
    if let Some(demands) = demands(job) {
        journal.record(Event::Demanded { demands: Box::new(demands) });
    }
}

/// What the lane demands; a process that is one case of a run of nextest cannot be measured.
fn demands(job: &Job) -> Option<Demands> {
    let demands = job.plan.demands()?;
    match &job.process {
        Process::Whole => Some(demands),
        Process::Nextest { .. } => {
            let off = Some("nextest starts a process for each case".to_owned());
            Some(Demands { off, ..demands })
        }
    }
}

/// The place of the lane's group. The cases of nextest are processes of one run, and have it together; a platform that
/// comes and goes with the run is shared with nobody.
async fn place(job: &Job, cancel: &CancellationToken) -> Result<Option<Place>, ExclusiveError> {
    let shared = job.plan.lane().filter(|_| job.plan.secrets_from() == SecretSupply::Settings);
    match (&job.process, shared.and_then(|lane| lane.exclusive.as_ref())) {
        (Process::Whole, Some(group)) => {
            let folder = job.recordings.with_file_name("groups");
            exclusive::enter(&folder, group, job.plan.timeout, cancel, signals::say).await.map(Some)
        }
        (Process::Whole | Process::Nextest { .. }, _) => Ok(None),
    }
}

/// Brings the environment up, unless no case would look at it.
fn up(
    job: &Job,
    identity: RunIdentity,
    journal: &Journal,
    cancel: CancellationToken,
    runtime: &Runtime,
) -> Result<Result<Arc<RunContext>, String>, SessionError> {
    if !job.plan.cases.iter().any(|planned| planned.decision == Decision::Run) {
        return Ok(Err("no case needs the environment, so it was not started".to_owned()));
    }
    match runtime.block_on(job.environment.start()) {
        Ok(facts) => {
            let suite = Arc::clone(&job.plan.suite);
            let run = RunContext::new(suite, identity, &facts, journal.clone(), cancel);
            let run = run.map_err(SessionError::Client)?;
            // A sweep must meet the same target, so it is written down before anything is created there.
            let variables = sweep::whereabouts(&job.plan.suite, &facts);
            journal.record(Event::TargetUp { variables });
            let run = run.unmet(unmet(job)).on(job.machine.clone()).below(job.below.clone());
            Ok(Ok(Arc::new(run.keeping(Keeping { keep: job.keep, until: identity::now() + KEPT_FOR }))))
        }
        Err(error) => {
            journal.record(Event::NeverUp { cause: error.to_string() });
            Ok(Err(error.to_string()))
        }
    }
}

/// What becomes of a case when the target cannot do what it needs. nextest shows a skip at run time as a pass.
fn unmet(job: &Job) -> Unmet {
    match (job.plan.policy.skips, &job.process) {
        (SkipPolicy::Forbidden, _) => Unmet::Refuses,
        (SkipPolicy::Tolerated, Process::Nextest { .. }) => Unmet::RefusesRequired,
        (SkipPolicy::Tolerated, Process::Whole) => Unmet::Skips,
    }
}

/// A case whose target is not there still ends in exactly one verdict.
fn without_target(planned: &Planned, cause: &str, journal: &Journal) -> Ending {
    let ending = match &planned.decision {
        Decision::Run => Ending::new(Verdict::Errored, cause).stopped_by(Halt::NoTarget),
        decision => case::left_out(decision),
    };
    let (case, elapsed) = (planned.case.id.clone(), Duration::ZERO);
    journal.record(Event::CaseStarted { case: case.clone() });
    journal.record(Event::CaseEnded { case, ending: ending.clone(), elapsed });
    ending
}
