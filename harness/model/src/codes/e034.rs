//! E0345 to E0349: what a sweep needs.
//!
//! Does not: explain the states of a resource; the codes before these do.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0345",
        title: "a fixture that is recovered has no key of its own",
        meaning: "`recover` gets the key of the one thing that the fixture's flow creates: it is all that a log tells of a \
                  run that is gone. A flow that owns nothing has no key, and one that owns two kinds has too many.",
        example: invalid!(
            "recovered-fixture-that-owns-nothing",
            &[(
                "method = \"POST\", path = \"/homes\" }\n",
                "method = \"POST\", path = \"/homes\" }\nowns     = { home = \"{{ run.token }}\" }\n",
            )]
        ),
    },
    Code {
        code: "E0346",
        title: "a recovery does not ask for the key",
        meaning: "A flow that recovers a fixture without its key gives access to something, and nobody knows to whose. Ask \
                  for it, and use it in the request: `inputs = [\"key\"]`.",
        example: invalid!(
            "recovery-that-does-not-ask-for-the-key",
            &[
                (
                    "[flow]\noutputs = [\"id\", \"token\"]\n\n[[step]]\nname     = \"home\"\n",
                    "[flow]\ninputs  = [\"key\"]\noutputs = [\"id\", \"token\"]\n\n[[step]]\nname     = \"home\"\n",
                ),
                ("path = \"/home\" }", "path = \"/homes/{{ key }}\" }"),
            ]
        ),
    },
    Code {
        code: "E0347",
        title: "a recovery creates something",
        meaning: "A sweep removes what a run left, so what recovers a fixture for it must not leave more. Move everything \
                  that comes after the creation to a flow of its own; the fixture's flow uses it, and `recover` names it.",
        example: invalid!(
            "recovery-that-creates-something",
            &[("owns     = { thing = \"{{ key }}\" }\n", "")]
        ),
    },
    Code {
        code: "E0348",
        title: "a kind lives in itself",
        meaning: "`within` names the kind that takes another one along when it goes. In a circle none of them could ever be \
                  shown gone.",
        example: invalid!("resource-within-itself", &[("within  = \"thing\"\n", "")]),
    },
    Code {
        code: "E0349",
        title: "what lives in a fixture cannot be swept by its label",
        meaning: "`sweep` lists what carries our label, whoever made it, and gives keys alone. A kind whose release reads a \
                  fixture needs more than that: sweep the kind that the fixture is, and say `within` here.",
        example: invalid!(
            "sweep-of-what-lives-in-a-fixture",
            &[("within  = \"home\"\nsweep   = \"flows/list\"", "within  = \"home\"")]
        ),
    },
];
