use super::{Cause, CauseClass, Evidence, REST, RULES};
use crate::event::{Event, Scope};
use crate::known::{FailureClass, Known};
use crate::name::{CaseId, ResourceKind};
use crate::signs::{Answer, Halt, Signs, Stage};
use crate::transport::Transport;
use crate::verdict::{Ending, Verdict};

fn halted(halt: Halt) -> Signs {
    Signs::of(halt)
}

fn replied(status: u16) -> Signs {
    Signs { status: Some(status), ..halted(Halt::Unmet) }
}

fn answered(answer: Answer) -> Signs {
    Signs { answer: Some(answer), ..replied(200) }
}

fn silent(transport: Transport) -> Signs {
    Signs { transport: Some(transport), ..halted(Halt::Unknown) }
}

fn failed(signs: Signs) -> Ending {
    Ending { signs: Some(signs), ..Ending::new(Verdict::Failed, "") }
}

fn row(class: FailureClass, about: Option<CauseClass>) -> Known {
    Known { cause: "it is known".to_owned(), class, about, hint: None, owner: None }
}

fn known(ending: Ending, class: FailureClass, about: Option<CauseClass>) -> Ending {
    Ending { known: Some(row(class, about)), ..ending }
}

fn ruled(ending: &Ending) -> Option<(&'static str, CauseClass)> {
    Cause::of(ending, None).map(|cause| (cause.rule, cause.class))
}

/// A red for each rule, in the order of the rules; those behind a later rule's sign show that it does not come first.
fn table() -> Vec<(&'static str, CauseClass, Ending)> {
    let errored = |signs| Ending { verdict: Verdict::Errored, ..failed(signs) };
    let refused = || Ending::new(Verdict::Refused, "");
    let creates = |signs| Signs { creates: true, ..signs };
    let busy = Signs { status: Some(503), ..answered(Answer::Busy) };
    let wrong = failed(answered(Answer::Answer));
    vec![
        ("no-end", CauseClass::Harness, Ending::new(Verdict::Lost, "")),
        ("interrupted", CauseClass::Harness, Ending::new(Verdict::Cancelled, "")),
        ("lacks-capability", CauseClass::Provision, refused().stopped_by(Halt::Lacking)),
        ("live-required", CauseClass::Secret, refused()),
        ("mark-outlived", CauseClass::Assertion, Ending::new(Verdict::UnexpectedPass, "")),
        ("storm", CauseClass::Edge, errored(halted(Halt::Storm))),
        ("no-target", CauseClass::Provision, errored(halted(Halt::NoTarget))),
        ("run-timeout", CauseClass::Harness, errored(halted(Halt::RunTimeout))),
        ("panic", CauseClass::Harness, errored(halted(Halt::Panic))),
        ("known", CauseClass::Agent, known(wrong.clone(), FailureClass::Operator, Some(CauseClass::Agent))),
        ("for-an-operator", CauseClass::Quota, known(wrong.clone(), FailureClass::Operator, None)),
        ("set-up", CauseClass::Secret, known(wrong.clone(), FailureClass::Setup, None)),
        ("no-reply", CauseClass::Edge, errored(silent(Transport::Refused).at(Stage::Fixture))),
        ("no-reply", CauseClass::Edge, failed(Signs { halt: Halt::RanOut, ..silent(Transport::Dns) })),
        ("payment", CauseClass::Quota, failed(replied(402))),
        ("refused-credential", CauseClass::Secret, failed(creates(replied(401)))),
        ("refused-credential", CauseClass::Secret, failed(replied(403))),
        ("agent-silent", CauseClass::Agent, failed(busy)),
        ("agent-silent", CauseClass::Agent, failed(Signs { halt: Halt::RanOut, ..answered(Answer::Queued) })),
        ("agent-error", CauseClass::Agent, failed(Signs { status: Some(502), ..answered(Answer::Error) })),
        ("wrong-answer", CauseClass::Model, wrong.clone()),
        ("wrong-answer", CauseClass::Model, known(wrong, FailureClass::Product, None)),
        ("not-now", CauseClass::Edge, errored(replied(503).at(Stage::Fixture))),
        ("fixture", CauseClass::Provision, errored(creates(replied(500)).at(Stage::Fixture))),
        ("never-came", CauseClass::Provision, failed(Signs { halt: Halt::RanOut, ..replied(200) })),
        ("never-came", CauseClass::Provision, failed(halted(Halt::CaseTimeout))),
        ("not-made", CauseClass::Provision, failed(creates(replied(422)))),
        ("trace", CauseClass::Provision, failed(halted(Halt::Unmet).at(Stage::Trace))),
        ("undecided", CauseClass::Harness, errored(halted(Halt::Unknown).at(Stage::Trace))),
        ("undecided", CauseClass::Harness, Ending::new(Verdict::Errored, "an older log has no signs")),
        ("unmet", CauseClass::Assertion, failed(replied(200))),
        ("unmet", CauseClass::Assertion, failed(replied(404))),
        ("unmet", CauseClass::Assertion, Ending::new(Verdict::Failed, "an older log has no signs")),
    ]
}

#[test]
fn each_red_has_the_class_of_the_first_rule_that_holds() {
    for (rule, class, ending) in table() {
        assert_eq!(ruled(&ending), Some((rule, class)), "{ending:?}");
    }
}

#[test]
fn every_rule_has_a_red_that_it_is_the_first_for_and_stands_in_the_order_of_the_table() {
    let rules = RULES.map(|(name, ..)| name);
    let mut seen: Vec<&str> = table().iter().map(|(rule, ..)| *rule).collect();
    seen.dedup();
    let expected: Vec<&str> =
        rules.into_iter().filter(|rule| *rule != "evidence").chain([REST.rule]).collect();
    assert_eq!(seen, expected);
}

#[test]
fn what_evidence_is_known_as_counts_behind_what_the_red_is_known_as() {
    let evidence = row(FailureClass::Product, Some(CauseClass::Quota));
    let ran_out = failed(Signs { halt: Halt::RanOut, ..answered(Answer::Busy) });
    let cause = Cause::of(&ran_out, Some(&evidence)).unwrap();
    assert_eq!((cause.rule, cause.class), ("evidence", CauseClass::Quota));
    let setup = known(ran_out.clone(), FailureClass::Setup, None);
    assert_eq!(Cause::of(&setup, Some(&evidence)).unwrap().rule, "set-up");
    let silent = row(FailureClass::Operator, None);
    assert_eq!(
        Cause::of(&ran_out, Some(&silent)).unwrap().rule,
        "agent-silent",
        "it says nothing of a class"
    );
}

#[test]
fn a_cause_is_said_with_its_rule() {
    let cause = Cause::of(&failed(replied(402)), None).unwrap();
    assert_eq!(cause.to_string(), "quota, by rule payment: the last reply is 402");
}

#[test]
fn every_red_has_one_class_whatever_was_seen_and_nothing_else_has_any() {
    let halts = [
        Halt::Unmet,
        Halt::RanOut,
        Halt::Unknown,
        Halt::Lacking,
        Halt::CaseTimeout,
        Halt::RunTimeout,
        Halt::Storm,
        Halt::NoTarget,
        Halt::Panic,
    ];
    let answers = Answer::WORDS.map(|(_, answer)| Some(answer)).into_iter().chain([None]);
    let words = RULES.map(|(name, ..)| name);
    let mut looked = 0;
    for answer in answers {
        for (halt, status) in halts.into_iter().flat_map(|halt| STATUSES.map(|status| (halt, status))) {
            for (stage, transport) in STAGES.into_iter().flat_map(|stage| TRANSPORTS.map(|way| (stage, way)))
            {
                let signs = Signs { stage, halt, transport, status, answer, creates: status == Some(201) };
                for verdict in Verdict::ALL {
                    let ending = Ending { verdict, ..failed(signs) };
                    let cause = Cause::of(&ending, None);
                    assert_eq!(cause.is_some(), verdict.is_red(), "{ending:?}");
                    let is_named = |cause: Cause| words.contains(&cause.rule) || cause.rule == REST.rule;
                    assert!(cause.is_none_or(is_named), "{cause:?}");
                    looked += 1;
                }
            }
        }
    }
    assert_eq!(looked, 8 * 9 * 8 * 3 * 3 * 12);
}

const STAGES: [Stage; 3] = [Stage::Fixture, Stage::Steps, Stage::Trace];
const TRANSPORTS: [Option<Transport>; 3] = [None, Some(Transport::Tls), Some(Transport::TimedOut)];
const STATUSES: [Option<u16>; 8] =
    [None, Some(200), Some(201), Some(401), Some(402), Some(422), Some(500), Some(503)];

#[test]
fn a_red_has_its_class_while_the_log_comes_in_and_of_its_evidence_the_first_that_is_known_counts() {
    let case = CaseId::new("sample::0");
    let told = |scope: Scope, known| Event::Evidence {
        scope,
        kind: ResourceKind::new("workspace"),
        key: "w-1".to_owned(),
        found: Vec::new(),
        trouble: Vec::new(),
        known,
    };
    let about = |about| Some(row(FailureClass::Product, Some(about)));
    let of = || Scope::Evidence(case.clone());
    let mut evidence = Evidence::default();
    for event in [
        told(Scope::Evidence(CaseId::new("sample::1")), about(CauseClass::Secret)),
        told(of(), None),
        told(of(), about(CauseClass::Quota)),
        told(of(), about(CauseClass::Model)),
    ] {
        evidence.apply(&event);
    }
    let red = failed(halted(Halt::RanOut));
    let cause = evidence.cause(&case, &red).unwrap();
    assert_eq!((cause.rule, cause.class), ("evidence", CauseClass::Quota));
    assert_eq!(evidence.cause(&case, &Ending::new(Verdict::Passed, "")), None);
}
