//! `E07…`: gates and faults.
//!
//! Does not: concern what a gate decides.

use super::{Code, Example, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0701",
        title: "there is no such arm",
        meaning: "A gate and a known failure name an `[[arm]]` of one of the suite's scenarios.",
        example: invalid!("unknown-arm-in-gates", &[("\"kodex\"", "\"codex\"")]),
    },
    Code {
        code: "E0702",
        title: "an arm has two gates",
        meaning: "Whether its red counts would depend on which of them is read last. Keep one [[gate]] for each arm.",
        example: invalid!(
            "two-gates-for-one-arm",
            &[("[[gate]]\narm  = \"codex\"\ngate = \"advisory\"\n", "")]
        ),
    },
    Code {
        code: "E0703",
        title: "there is no such scenario",
        meaning: "A fault row names a scenario of this suite by its `name`, which need not be that of its file.",
        example: invalid!("unknown-scenario-in-faults", &[("\"simple\"", "\"sample\"")]),
    },
    Code {
        code: "E0704",
        title: "a fault row is red in a step that is not there",
        meaning: "The proof is that exactly this step turns red. The steps of flows that the scenario uses are its own, so are \
                  those that make its fixtures, and `trace of workspace` is the judgement of the states of what it creates.",
        example: invalid!("unknown-step-in-faults", &[("\"lock\"", "\"look\"")]),
    },
    Code {
        code: "E0705",
        title: "a scenario is not proved",
        meaning: "With prove = \"required\" every scenario has a [[fault]] that must turn it red: a test that cannot fail is \
                  not one. `shakedown run SUITE --fault NAME` shows what a fault does.",
        example: invalid!(
            "scenario-without-a-fault",
            &[(
                "base = \"https://api.example\"\n",
                "base = \"https://api.example\"\n[environment.embedded]\nprovides = \"secrets\"\n#--- faults.toml\n[[fault]]\nfault    = \"create-500\"\nscenario = \"sample\"\nstep     = \"look\"\ncause    = \"assertion\"\n",
            )]
        ),
    },
    Code {
        code: "E0706",
        title: "a fault row matches no case",
        meaning: "The row says which cases a fault must turn red, and there is none. It would count as a proof and prove \
                  nothing.",
        example: invalid!("fault-row-that-matches-no-case", &[("\"mock\"", "\"codex\"")]),
    },
    Code {
        code: "E0707",
        title: "the embedded platform has no such fault",
        meaning: "Faults are ways to break the embedded platform; `docs/reference.md` lists them with what is wrong then.",
        example: Example::Absence,
    },
    Code {
        code: "E0708",
        title: "a known failure would name every red",
        meaning: "A [[failure]] is recognised by a text, by a condition, or by both. With neither, or with an empty text, every \
                  red would get its cause.",
        example: invalid!(
            "known-failure-that-nothing-shows",
            &[("cause = ", "contains = \"insufficient_quota\"\ncause = ")]
        ),
    },
    Code {
        code: "E0709",
        title: "a known failure is never the first",
        meaning: "The first row that matches names a red, so a row behind one that takes all of it is never seen. The narrow \
                  ones come before the wide ones.",
        example: invalid!(
            "known-failure-behind-a-wider-one",
            &[("contains = \"error\"", "contains = \"fatal error\"")]
        ),
    },
    Code {
        code: "E0710",
        title: "a window counts the runs of no such lane",
        meaning: "The lanes of [window] are the jobs whose greens promote an arm: lanes of the suite, and none that is to fail \
                  (expect-exit), because its greens are reds.",
        example: invalid!("window-of-a-lane-that-is-to-fail", &[("\"full\", \"sanity\"", "\"full\"")]),
    },
    Code {
        code: "E0711",
        title: "a window shows nothing",
        meaning: "An arm would be promoted without a green, or by flaky passes alone. A window has more greens than soft passes.",
        example: invalid!("window-that-shows-nothing", &[("soft-passes = 3", "soft-passes = 1")]),
    },
    Code {
        code: "E0712",
        title: "a quarantine that nobody ends",
        meaning: "The reds of a quarantined arm counted once and do not now. That is for a while, for a reason, and somebody \
                  mends it: `shakedown gate --check` fails after the last day.",
        example: invalid!(
            "quarantine-that-nobody-ends",
            &[("reason = ", "owner   = \"agents\"\nexpires = 2026-12-31\nreason = ")]
        ),
    },
    Code {
        code: "E0713",
        title: "an arm would be quarantined for nothing",
        meaning: "A required arm is taken out after so many reds among its last runs. None would take out every arm.",
        example: invalid!("quarantine-after-no-red", &[("reds = 0", "reds = 2")]),
    },
    Code {
        code: "E0714",
        title: "a fault row does not say what must come of it",
        meaning: "A [[fault]] breaks something, and then one of two things must happen: a `step` turns red for a `cause`, or \
                  everything stays green and something is told as left behind (`leaks`). What must turn nothing red is a \
                  [[survives]].",
        example: invalid!(
            "fault-row-without-a-cause",
            &[("step     = \"look\"\n", "step     = \"look\"\ncause    = \"assertion\"\n")]
        ),
    },
    Code {
        code: "E0715",
        title: "a gap is none, or nobody explains it",
        meaning: "A [[gap]] is a fault that no scenario notices, and says why. One that a row is about is closed.",
        example: invalid!(
            "gap-that-a-row-fills",
            &[("[[gap]]\nfault = \"create-500\"\nwhy   = \"nobody creates anything\"\n", "")]
        ),
    },
    Code {
        code: "E0716",
        title: "the embedded platform cannot read a fault",
        meaning: "The fault is known, and what it takes is not written as the platform reads it, as in \
                  `status:on=GET /workspaces/*,is=503,nth=1`; `docs/reference.md` lists what each one takes.",
        example: Example::Absence,
    },
];
