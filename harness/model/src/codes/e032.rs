//! `E032…`: the names that expressions and templates read.
//!
//! Does not: concern what a name holds.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0320",
        title: "there is no such name",
        meaning: "An expression or a template reads a name that nothing sets: no axis, binding, fixture, input or capture. It is \
                  misspelt, a result word that this kind of step does not have, or, inside a flow, missing among its \
                  `inputs`.",
        example: invalid!("binding-misspelt-in-expect", &[("runtine", "runtime")]),
    },
    Code {
        code: "E0321",
        title: "a secret would be shown",
        meaning: "`secret.X` renders only in credentials and in request bodies. In a path, a header, a prompt or an \
                  expectation it would end up in logs and reports. Give the step a credential with `as`.",
        example: invalid!(
            "secret-in-a-path",
            &[("path = \"/things?key={{ secret.API_KEY }}\"", "as = \"caller\", path = \"/things\"",)]
        ),
    },
    Code {
        code: "E0322",
        title: "an environment variable is not declared",
        meaning: "`env.X` reads only variables that the suite declares, with `[variable.X]` or as the `when` of an \
                  environment, so that `docs/variables.md` and the run's header can list them all.",
        example: invalid!("unknown-variable", &[("env.REGION", "env.API_URL")]),
    },
    Code {
        code: "E0323",
        title: "a name is set only sometimes",
        meaning: "A step with a `when` sets the name, and a step that takes place without it reads the name. Give the reading \
                  step the same `when`, or say what holds otherwise: thing_id | default('').",
        example: invalid!(
            "read-of-what-only-a-condition-of-the-run-sets",
            &[("name     = \"look\"\n", "name     = \"look\"\nwhen     = \"kind == 'big'\"\n")]
        ),
    },
    Code {
        code: "E0324",
        title: "a name is not bound in one of the cases",
        meaning: "The name is set in other cases, or only later: an arm binds it for its own cases, and a capture is there for \
                  the steps behind it. Bind it for every case, move the step, or say what holds otherwise: \
                  region | default('').",
        example: invalid!(
            "arm-binding-read-in-every-case",
            &[("{{ region }}", "{{ region | default('us') }}")]
        ),
    },
    Code {
        code: "E0325",
        title: "a binding is made of itself",
        meaning: "Bindings may be made of other bindings, as long as there is a first one. Here they go round in a circle, and \
                  none could ever be rendered.",
        example: invalid!(
            "bindings-that-are-made-of-each-other",
            &[("\"b-{{ first }}\"", "\"b-{{ run.token }}\"")]
        ),
    },
    Code {
        code: "E0326",
        title: "a fixture of the run reads what belongs to a case",
        meaning: "A fixture with scope = \"run\" is made once, before any case: there is no case whose binding it could read. \
                  Use `run.token` in its names, or make one for each case with scope = \"case\".",
        example: invalid!(
            "fixture-of-the-run-that-reads-the-case",
            &[("{{ case.token }}", "{{ run.token }}")]
        ),
    },
    Code {
        code: "E0327",
        title: "a status is compared with a text",
        meaning: "`status` is the number of an HTTP reply, and a number equals no text, whatever happens. What a body says of \
                  itself is body.status.",
        example: invalid!("status-compared-with-a-text", &[("'404'", "404")]),
    },
    Code {
        code: "E0328",
        title: "two steps of one file have one name",
        meaning: "A known red and a fault row name the step in which a case turns red, and so does the red itself. With two \
                  steps of one name nobody knows which is meant.",
        example: invalid!(
            "two-steps-of-one-name",
            &[(
                "\"look\"\nrun.http = { on = \"api\", path = \"/y\"",
                "\"look again\"\nrun.http = { on = \"api\", path = \"/y\""
            )]
        ),
    },
    Code {
        code: "E0329",
        title: "a fixture is needed that nobody asked for",
        meaning: "A step reads the outputs of a fixture: itself, or through the base, the headers or the credential of its \
                  service. A scenario lists its fixtures in [scenario], a flow gets them as inputs.",
        example: invalid!(
            "fixture-that-nobody-asked-for",
            &[("name = \"sample\"\n\n[[step]]", "name = \"sample\"\nfixtures = [\"org\"]\n\n[[step]]")]
        ),
    },
];
