//! `E084…`: who is told of a run.
//!
//! Does not: concern what becomes of a sink that fails; the last lines of the run name it.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0841",
        title: "a sink is told at no moment that it can take",
        meaning: "A sink is told at the start of a run, at its first red that counts, or at its end. Files are written at the \
                  end alone: a run that goes on has nothing to say in them.",
        example: invalid!("sink-that-writes-a-file-at-the-start", &[("on      = [\"start\"]\n", "")]),
    },
    Code {
        code: "E0842",
        title: "a sink may take longer than all of them together",
        meaning: "When a run is over, its sinks have ten seconds, whatever they wait for: nobody wants to wait for them any \
                  longer, least of all after an interruption.",
        example: invalid!("sink-with-a-deadline-beyond-the-budget", &[("1m", "5s")]),
    },
    Code {
        code: "E0843",
        title: "a sink is signed with what is no secret",
        meaning: "A signature is worth as much as its key is secret, so the key is a declared secret: its value is hidden \
                  wherever it would be seen.",
        example: invalid!("sink-signed-with-an-unknown-secret", &[("\"HUB_KY\"", "\"HUB_KEY\"")]),
    },
    Code {
        code: "E0844",
        title: "a sink reads what is not there when a run is over",
        meaning: "Bindings, captures and outputs of fixtures belong to cases. A sink is told of the run as a whole: what its \
                  body may read is in the reference, where it goes may read variables and secrets.",
        example: invalid!("sink-that-reads-a-binding", &[("{{ hub }}", "{{ env.HUB_URL }}")]),
    },
];
