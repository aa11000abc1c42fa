//! `E039…`: programs that steps run.
//!
//! Does not: explain where secrets may be read; `E032…` does.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0390",
        title: "a program is outside of the suite and no tool",
        meaning: "`run.exec` runs a file of the repository, named by its path below the suite's root, or a tool of the machine, \
                  named as `PATH` knows it. An absolute path would be there on one machine only, and `..` leads to what \
                  nobody reviewed.",
        example: invalid!("program-outside-of-the-root", &[("../ask", "ci/ask")]),
    },
    Code {
        code: "E0391",
        title: "a shell is run",
        meaning: "What a reply says and what a case is called is interpolated into arguments. A program takes each for one \
                  argument, whatever is in it; a shell takes it for commands. Put the script into a file below the root, \
                  make it executable, and hand it what it needs as arguments.",
        example: invalid!(
            "program-that-is-a-shell",
            &[(
                "\"sh\", args = [\"-c\", \"ask {{ case.token }}\"]",
                "\"ci/ask\", args = [\"{{ case.token }}\"]"
            )]
        ),
    },
    Code {
        code: "E0392",
        title: "a variable of a program cannot be one",
        meaning: "`env` lists variables that a program gets beside `PATH` and `HOME`: letters, digits and `_`, not beginning \
                  with a digit.",
        example: invalid!("program-with-a-variable-that-is-none", &[("\"API-KEY\"", "API_KEY")]),
    },
    Code {
        code: "E0393",
        title: "a stream is to wake the poll of a program",
        meaning: "`wake` is a path on the service that a step asks, and a program asks none. A poll of a program runs it again at \
                  every look.",
        example: invalid!("program-that-something-would-wake", &[(", wake = \"/events\"", "")]),
    },
    Code {
        code: "E0394",
        title: "a required tool is a path",
        meaning: "`requires = { tool = \"aws\" }` skips cases on machines without that tool, or refuses them when live is \
                  required. Programs below the suite's root are there for everybody: one that is missing is an error before \
                  anything starts.",
        example: invalid!(
            "tool-that-is-a-path",
            &[("requires = { tool = \"ci/ask\" }", "requires = { tool = \"aws\" }")]
        ),
    },
    Code {
        code: "E0395",
        title: "a proof below the target requires a capability of the target",
        meaning: "`[resource.X.below]` asks somebody else whether a thing is really gone, because the target may be wrong about \
                  it. Whether that can be asked depends on tools and secrets of whoever runs the suite, and is decided before \
                  anything starts.",
        example: invalid!(
            "below-that-requires-a-capability",
            &[("requires = { capability = \"cloud\" }", "requires = { tool = \"cloud\" }")]
        ),
    },
];
