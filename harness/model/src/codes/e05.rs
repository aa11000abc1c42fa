//! `E05…`: cases.
//!
//! Does not: concern the axes that they come from.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0501",
        title: "two cases have one id",
        meaning: "An id is the scenario and the axis values of the case and nothing else, so that history follows it \
                  through every other change. Two rows with the same values would be one case run twice.",
        example: invalid!("two-cases-of-one-id", &[("[\"codex\", \"codex\"]", "[\"codex\", \"mock\"]")]),
    },
    Code {
        code: "E0502",
        title: "two arms bind one name for one case",
        meaning: "A case may have several arms, and there is no order between them: which value counts would be chance. \
                  Bind the name in one of them, or match more narrowly.",
        example: invalid!("two-arms-that-set-one-binding", &[("bind  = { template = \"large\" }\n", "")]),
    },
    Code {
        code: "E0503",
        title: "two arms mark one case",
        meaning: "A case has one known red and one block at most: of two only one could count, and which would be chance. \
                  Narrow the `match` of one arm.",
        example: invalid!(
            "two-known-reds-for-one-case",
            &[("match     = {}", "match     = { runtime = \"mock\" }")]
        ),
    },
    Code {
        code: "E0504",
        title: "a known red that is any red",
        meaning: "A known red fails in the named step in exactly the declared way, and everything else is a red that counts. A \
                  `when` that does not look at the result, or that every result fulfils, takes every failure of the step for the declared one.",
        example: invalid!(
            "known-red-that-is-any-red",
            &[("when = \"runtime == 'mock'\"", "when = \"status == 422\"")]
        ),
    },
    Code {
        code: "E0505",
        title: "a case that takes no step",
        meaning: "The `when` of every step is false for it, so it would pass whatever the platform does. What is known only \
                  during the run is noticed there, and the case is errored.",
        example: invalid!("case-that-takes-no-step", &[("[\"codex\", \"mock\"]", "[\"codex\"]")]),
    },
];
