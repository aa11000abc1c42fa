//! `E035…`: what an environment gives and lacks.
//!
//! Does not: explain services, fixtures and secrets that it names and nobody declares; those have codes of their own.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0350",
        title: "a fixture is given without one of its outputs",
        meaning: "`[environment.X.fixture.F]` stands for the whole of fixture F there, so it says what each output of its flow is. \
                  One that has no meaning there is the empty text; a header of a service that renders to nothing is not sent.",
        example: invalid!(
            "given-fixture-without-an-output",
            &[("url   = \"{{ env.HOME_URL }}\"\n", "url   = \"{{ env.HOME_URL }}\"\ntoken = \"\"\n")]
        ),
    },
    Code {
        code: "E0351",
        title: "an output is given that the fixture does not have",
        meaning: "Nothing could read it: the flow that makes the fixture elsewhere has no such output, or another name for it.",
        example: invalid!("given-output-that-the-fixture-does-not-have", &[("tokem = \"\"\n", "")]),
    },
    Code {
        code: "E0352",
        title: "the beginning of a host is renamed, and no host is named",
        meaning: "`prefixes` renames how a host begins that `host-of` takes from another variable. Say which: \
                  `host-of = \"MOLECULE_CP_URL\"`.",
        example: invalid!(
            "prefixes-without-the-variable-of-the-host",
            &[("[variable.DOMAIN]\n", "[variable.DOMAIN]\nhost-of  = \"HQ_URL\"\n")]
        ),
    },
];
