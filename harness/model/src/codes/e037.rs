//! `E037…`: time that passes, and what a scenario has for itself.
//!
//! Does not: explain deadlines; `E06…` does.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0370",
        title: "a step that lets time pass does something else too",
        meaning: "`run.elapse` sends nothing: there is no reply to poll, nothing that it could create, and nothing secret. It \
                  has `expect`, which says how much time must have passed. Look at what has become of things in the next step.",
        example: invalid!(
            "elapse-that-polls",
            &[("poll       = { until = \"elapsed >= 90\", within = \"2m\" }\n", "")]
        ),
    },
    Code {
        code: "E0371",
        title: "a scenario owns a fixture that it does not have",
        meaning: "`own` names those of the scenario's `fixtures` that every case makes for itself.",
        example: invalid!(
            "own-fixture-that-the-scenario-does-not-have",
            &[("own      = [\"orgs\"]", "own      = [\"org\"]")]
        ),
    },
    Code {
        code: "E0372",
        title: "a flow lets time pass and does not ask how much",
        meaning: "The flow that an environment names with `elapse` gets the duration of the step as the input `duration`. One \
                  that does not ask for it would let the same time pass whatever a step says.",
        example: invalid!(
            "elapse-flow-that-does-not-ask-how-much",
            &[
                ("inputs  = [\"org\"]", "inputs  = [\"duration\", \"org\"]"),
                ("/clock\" }", "/clock/{{ duration }}\" }"),
            ]
        ),
    },
    Code {
        code: "E0373",
        title: "time would pass for cases that did not ask for it",
        meaning: "An environment that advances clocks advances the clock of something, such as an org; where that is a fixture \
                  of the run, every case that has it would see its timers run out. Let each case of the scenario make its own: \
                  `own = [\"org\"]`.",
        example: invalid!(
            "elapse-that-other-cases-would-feel",
            &[("fixtures = [\"org\"]\n", "fixtures = [\"org\"]\nown      = [\"org\"]\n")]
        ),
    },
];
