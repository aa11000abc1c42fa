//! `E038…`: conditions, and whether they look at what came back.
//!
//! Does not: explain the names that they read; `E032…` does.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0380",
        title: "a condition that reads nothing",
        meaning: "It is the same whatever the other side does: always true, or never. A condition says something of the result of \
                  its step.",
        example: invalid!("step-whose-condition-reads-nothing", &[(", \"1 == 1\"", "")]),
    },
    Code {
        code: "E0381",
        title: "a step that does not look at what came back",
        meaning: "Its conditions read only what we know ourselves, such as an axis or an earlier capture, so they hold for an \
                  error as well. At least one of `expect` and `until` reads the result.",
        example: invalid!(
            "step-that-does-not-look-at-what-comes-back",
            &[("[\"runtime == 'codex'\"]", "[\"body.runtime == runtime\"]")]
        ),
    },
    Code {
        code: "E0382",
        title: "a condition that every reply fulfils",
        meaning: "It reads the result, and no reply there could be would break it: an error, an empty body and a text that is no \
                  JSON fulfil it as well. A condition says what a wrong reply would not fulfil.",
        example: invalid!(
            "step-whose-condition-every-reply-fulfils",
            &[("[\"status > 0\"]", "[\"status == 200\"]")]
        ),
    },
];
