//! `E06…` and `W06…`: deadlines.
//!
//! Does not: concern how a duration is written.

use super::{Code, invalid, warned};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0601",
        title: "a case may take longer than the run",
        meaning: "Deadlines nest: a step's is shorter than its case's, a case's shorter than the run's. Otherwise the outer \
                  one ends what the inner one would have explained.",
        example: invalid!("case-timeout-longer-than-the-run", &[("timeout = \"1h\"", "timeout = \"20m\"")]),
    },
    Code {
        code: "E0602",
        title: "a step may wait longer than its case",
        meaning: "The case would end first, as an interruption that names no condition. Shorten the step's `within`, or \
                  lengthen the `timeout` of the scenario or the `case-timeout` of the suite.",
        example: invalid!("deadline-not-shorter-than-the-case", &[("within = \"5m\"", "within = \"4m\"")]),
    },
    Code {
        code: "E0603",
        title: "a deadline is not known before the run",
        meaning: "A deadline may be a template of bindings that are known before anything starts, so that it can be proved \
                  to nest. A capture is known only later: bind the budget in the suite or in an arm.",
        example: invalid!("deadline-from-a-capture", &[("within = \"{{ budget }}\"", "within = \"5m\"")]),
    },
    Code {
        code: "W0604",
        title: "the waits of a case add up to more than the case may take",
        meaning: "Each of them is shorter than the case, and together they are not: when several run long, the last is cut off. \
                  Raise the case's timeout, or lower a deadline; it may be meant.",
        example: warned!(
            "waits-that-add-up-to-more-than-the-case",
            &[("timeout = \"5m\"", "timeout = \"6m\"")]
        ),
    },
];
