//! `E083…`: what a lane demands of a whole run.
//!
//! Does not: concern what a run comes to; its exit code does.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0831",
        title: "no case of a lane comes to a milestone",
        meaning: "A milestone counts in the steps of the cases that the lane picks, and in what makes their fixtures. Where \
                  flows release, recover, probe or look into something it says nothing, so no run would ever reach it.",
        example: invalid!("lane-with-a-milestone-that-no-step-names", &[("\"onlin\"", "\"online\"")]),
    },
    Code {
        code: "E0832",
        title: "a floor over an axis that a lane does not have",
        meaning: "A floor counts the executed cases of each value of an axis, or of the key of a bundle. Over what no case of \
                  the lane has, it would measure nothing.",
        example: invalid!("lane-with-a-floor-over-an-unknown-axis", &[("runtme", "runtime")]),
    },
    Code {
        code: "E0833",
        title: "a ceiling is none",
        meaning: "`max-skipped` is a number of cases, or a whole share of those that are not blocked, from `\"0%\"` to \
                  `\"99%\"`. A lane that bears any number of skips says nothing.",
        example: invalid!("lane-with-a-ceiling-of-everything", &[("100%", "20%")]),
    },
    Code {
        code: "E0834",
        title: "a floor of nothing",
        meaning: "It is kept by a run that executes nothing. Say at least 1, or take it out.",
        example: invalid!("lane-with-a-floor-of-nothing", &[("runtime = 0", "runtime = 1")]),
    },
    Code {
        code: "E0835",
        title: "a floor is higher than the cases of a value",
        meaning: "Every value of the axis must have as many executed cases, and one of them has fewer cases at all: no run of \
                  the lane could meet it.",
        example: invalid!("lane-with-a-floor-that-no-run-reaches", &[("runtime = 2", "runtime = 1")]),
    },
];
