//! `E01…`: the shape of a file.
//!
//! Does not: look beyond one file.

use super::{Code, Example, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0101",
        title: "a file does not have the shape of the language",
        meaning: "The text is not TOML, or it has a key that nobody reads, lacks one that is needed, or has a value of \
                  another kind. Unknown keys are errors because a misspelt `expect` would otherwise be a check that \
                  never happens. The message offers what is probably meant; \
                  `docs/reference.md` lists every key. Each file \
                  shows its first mistake of this sort, and names are checked when every file has its shape.",
        example: invalid!("unknown-key-in-step", &[("expects  =", "expect   =")]),
    },
    Code {
        code: "E0102",
        title: "the folder has no suite.toml",
        meaning: "A suite is a folder below `scenarios/` with a `suite.toml` of its own; scenarios, `flows/`, `gates.toml` \
                  and `faults.toml` stand beside it. `shakedown new suite NAME` writes one that runs.",
        example: Example::Absence,
    },
    Code {
        code: "E0103",
        title: "a name or text has characters that nobody sees",
        meaning: "TOML lets control characters be written as escapes. Whoever prints such a name or text sends them to the \
                  terminal, which then does what they say. Line breaks and tabs are the only ones that a text may have. \
                  Others turn the direction of writing around or have no width, so that a name reads as another one.",
        example: invalid!("name-that-colours-the-terminal", &[("\\u001b[31m", "")]),
    },
];
