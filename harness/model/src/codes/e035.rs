//! `E035…`: what an environment gives and lacks, what a target can do, and evidence of what went wrong there.
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
    Code {
        code: "E0353",
        title: "there is no such capability",
        meaning: "`requires = { capability = … }` names something that a run asks the target for; `[capability.X]` says how. The \
                  name is misspelt, or nobody said how to ask.",
        example: invalid!("unknown-capability", &[("\"queu\" }", "\"queue\" }")]),
    },
    Code {
        code: "E0354",
        title: "a probe needs what belongs to a case",
        meaning: "The target is asked once a run, for all its cases, so nothing of one of them can be needed to ask: take a \
                  fixture of the run, or none.",
        example: invalid!("probe-with-a-fixture-of-a-case", &[("scope = \"case\"", "scope = \"run\"")]),
    },
    Code {
        code: "E0355",
        title: "evidence says nothing",
        meaning: "What an evidence flow captures stands below the cause of a red when it is one of its outputs. Without outputs \
                  its exchanges are in the recording, and nobody is told to look there.",
        example: invalid!(
            "evidence-that-says-nothing",
            &[
                (
                    "inputs  = [\"key\"]\n\n[[step]]\nname     = \"row\"",
                    "inputs  = [\"key\"]\noutputs = [\"last_error\"]\n\n[[step]]\nname     = \"row\""
                ),
                (
                    "path = \"/things/{{ key }}\" }\nexpect   = [\"status == 200\"]\n",
                    "path = \"/things/{{ key }}\" }\nexpect   = [\"status == 200\"]\n[step.capture]\nlast_error = \"body.last_error\"\n",
                ),
            ]
        ),
    },
    Code {
        code: "E0356",
        title: "evidence creates something",
        meaning: "Evidence is asked for when a case is red, just before everything it owns is released. What it would create \
                  comes too late for that.",
        example: invalid!(
            "evidence-that-creates-something",
            &[("owns     = { thing = \"{{ key }}-report\" }\n", "")]
        ),
    },
];
