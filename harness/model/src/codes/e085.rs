//! `E085…`: what is kept of runs.
//!
//! Does not: concern what is there; `shakedown history --prune --dry-run` shows it.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0851",
        title: "a retention bounds nothing",
        meaning: "Without a number of runs and without an age, everything is kept, as it is without the line. Say how much is \
                  kept, or take it out.",
        example: invalid!("retention-that-bounds-nothing", &[("{}", "{ age = \"30d\" }")]),
    },
    Code {
        code: "E0852",
        title: "a retention keeps no run",
        meaning: "It is applied when a run ends, and the recording of that run is what its red is looked up in.",
        example: invalid!("retention-that-keeps-no-run", &[("runs = 0", "runs = 200")]),
    },
    Code {
        code: "E0853",
        title: "the history forgets before a gate has seen enough",
        meaning: "A gate is promoted by so many greens over so many days, all of which the history must still know. One that \
                  forgets them earlier holds every arm for ever.",
        example: invalid!("retention-shorter-than-a-gates-window", &[("\"5d\"", "\"365d\"")]),
    },
];
