//! `W09…`: names that nothing uses.
//!
//! Does not: keep a suite from running.

use super::{Code, warned};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "W0901",
        title: "nothing uses a declaration",
        meaning: "A service, credential, secret, variable, fixture or resource that nothing uses is a leftover, or its user is \
                  misspelt. Use it, or take it out.",
        example: warned!(
            "names-that-nothing-uses-are-warnings",
            &[("[service.other]\nbase = \"https://other.example\"\n", "")]
        ),
    },
    Code {
        code: "W0902",
        title: "nothing reads a capture",
        meaning: "The value is taken from the reply and never used; perhaps a check of it is missing.",
        example: warned!("names-that-nothing-uses-are-warnings", &[(", spare_id = \"body.id\"", "")]),
    },
    Code {
        code: "W0903",
        title: "nothing reads a binding",
        meaning: "Whoever sets it, in the suite, an arm, a lane or with `E2E_<BINDING>`, changes nothing.",
        example: warned!("names-that-nothing-uses-are-warnings", &[("bind  = { spare = \"x\" }\n", "")]),
    },
    Code {
        code: "W0904",
        title: "a flow does not read an input",
        meaning: "Every user of the flow must bind it, for nothing. Take it out of `inputs`.",
        example: warned!("names-that-nothing-uses-are-warnings", &[("inputs = [\"kind\"]\n", "")]),
    },
    Code {
        code: "W0905",
        title: "nobody reads an output of a flow",
        meaning: "A flow promises what its users need. What none of them reads is a leftover, or misspelt where it is read.",
        example: warned!(
            "names-that-nothing-uses-are-warnings",
            &[("outputs = [\"given\", ", "outputs = [")]
        ),
    },
    Code {
        code: "W0906",
        title: "no lane demands a milestone",
        meaning: "A step says what is reached there, and nobody asks. Name it in `milestones` of a lane, or take it out.",
        example: warned!(
            "milestone-that-no-lane-demands-is-a-warning",
            &[("max-skipped = 0", "milestones = [\"online\"]")]
        ),
    },
];
