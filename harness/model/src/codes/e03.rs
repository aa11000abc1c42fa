//! `E030…` and `E031…`: steps, and what they refer to.
//!
//! Does not: concern flows and resources as a whole.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0300",
        title: "a slice hides what it reads",
        meaning: "The language cannot tell which paths a slice such as `body.items[-1:]` reads, so a missing path would not \
                  be noticed and the check would pass. Compare with a filter: `last`, `first`, `length`, `join`.",
        example: invalid!(
            "slice-in-an-expression",
            &[("body.states[-1:] == ['online']", "body.states | last == 'online'",)]
        ),
    },
    Code {
        code: "E0301",
        title: "this is not an expression",
        meaning: "Conditions and captures are expressions: compare with `==` and not `=`, join with `and`, `or` and `not`, \
                  put text into single quotes, and write no `{{ }}` around them.",
        example: invalid!("expression-that-does-not-parse", &[("status = 200", "status == 200")]),
    },
    Code {
        code: "E0302",
        title: "this is not a template",
        meaning: "In templates a value stands in `{{ … }}` and a condition in `{% if … %} … {% endif %}`; whatever is opened \
                  is closed.",
        example: invalid!("interpolation-that-is-not-closed", &[("{{ run.id\"", "{{ run.id }}\"")]),
    },
    Code {
        code: "E0303",
        title: "a JSON template quotes what is quoted already",
        meaning: "In `*.json.j2` an interpolation is one whole JSON value: text is rendered with its quotes and escapes, so \
                  nothing that it holds can break out. Quotes around it would be there twice. Join text inside of it: \
                  {{ \"e2e-\" ~ name }}.",
        example: invalid!("quoted-interpolation.json.j2", &[("\"{{ run.id }}\"", "{{ run.id }}")]),
    },
    Code {
        code: "E0304",
        title: "a `when` is neither true nor false",
        meaning: "Every condition must give a boolean. A text or a number that counts as true would make a condition that \
                  always holds.",
        example: invalid!(
            "when-that-is-not-a-boolean",
            &[("\"lifecycle\"", "\"lifecycle == 'steady'\""), ("[\"steady\", \"pause\"]", "[\"steady\"]")]
        ),
    },
    Code {
        code: "E0305",
        title: "a step that acts has no name",
        meaning: "Reports, known reds and fault rows speak of a step by its name. Only a step that uses a flow may go \
                  without.",
        example: invalid!("step-without-name", &[("[[step]]\n", "[[step]]\nname     = \"look\"\n")]),
    },
    Code {
        code: "E0306",
        title: "a step that uses a flow has something beside it",
        meaning: "`use` puts the steps of a flow in this step's place, so there is no reply here to check, capture from or \
                  wait for. Beside `use` a step has `name` and `when`; the rest belongs to the flow's own steps.",
        example: invalid!("expect-beside-a-flow", &[("expect = [\"status == 200\"]\n#", "#")]),
    },
    Code {
        code: "E0307",
        title: "a step does nothing, or two things",
        meaning: "A step has either `run.<kind>`, an action, or `use`, a flow.",
        example: invalid!(
            "step-that-does-nothing",
            &[(
                "name   = \"look\"\n",
                "name   = \"look\"\nrun.http = { on = \"api\", path = \"/things\" }\n",
            )]
        ),
    },
    Code {
        code: "E0308",
        title: "a path does not begin with a slash",
        meaning: "A path is joined to the base of its service as it is: without a slash it would become part of the host's \
                  name, and the request could go elsewhere.",
        example: invalid!("path-without-slash", &[("path = \"things\"", "path = \"/things\"")]),
    },
    Code {
        code: "E0309",
        title: "a scenario has no steps",
        meaning: "Its cases would pass whatever the platform does. Add a `[[step]]`.",
        example: invalid!(
            "scenario-without-step",
            &[(
                "name = \"sample\"\n",
                "name = \"sample\"\n\n[[step]]\nname     = \"look\"\nrun.http = { on = \"api\", path = \"/things\" }\nexpect   = [\"status == 200\"]\n",
            )]
        ),
    },
    Code {
        code: "E0310",
        title: "a step expects nothing",
        meaning: "Every step that acts has `expect` or `poll`, without exception: a step that cannot fail proves nothing. \
                  For a reply that only has to arrive, say so: expect = [\"status == 200\"].",
        example: invalid!(
            "step-without-expect",
            &[("path = \"/things\" }\n", "path = \"/things\" }\nexpect   = [\"status == 200\"]\n",)]
        ),
    },
    Code {
        code: "E0311",
        title: "there is no such service",
        meaning: "`on` names a `[service.X]` of suite.toml.",
        example: invalid!("unknown-service-in-step", &[("\"apj\"", "\"api\"")]),
    },
    Code {
        code: "E0312",
        title: "there is no such credential",
        meaning: "`as` names a `[credential.X]` of suite.toml. Without `as` a request carries no authority.",
        example: invalid!("unknown-credential", &[("calller", "caller")]),
    },
    Code {
        code: "E0313",
        title: "a credential is not bound to this service",
        meaning: "A credential goes only to the services of its `on`, so that a token for one cannot end up at another. Use \
                  one that is bound to this service, or widen its `on` if it is meant for both.",
        example: invalid!("credential-on-another-service", &[("as = \"admin\"", "as = \"caller\"")]),
    },
    Code {
        code: "E0314",
        title: "there is no such template",
        meaning: "`body` and `prompt` name a file below `templates/`, with its folder and its `.j2`.",
        example: invalid!("unknown-template", &[("things.json.j2", "thing.json.j2")]),
    },
    Code {
        code: "E0315",
        title: "there is no such flow",
        meaning: "A flow is named by its file without `.toml`, below the suite's folder: `flows/org` is `flows/org.toml`.",
        example: invalid!("unknown-flow-in-step", &[("flows/pauze", "flows/pause")]),
    },
    Code {
        code: "E0317",
        title: "there is no such kind of resource",
        meaning: "`owns` names a `[resource.X]` of suite.toml, which says how a thing of that kind is found, released and \
                  shown gone. What nobody could release is not created.",
        example: invalid!("unknown-resource", &[("owns     = { thing = \"{{ run.id }}\" }\n", "")]),
    },
    Code {
        code: "E0318",
        title: "there is no such fixture",
        meaning: "`fixtures` lists `[fixture.X]` tables of suite.toml.",
        example: invalid!("unknown-fixture", &[("fixtures = [\"org\"]\n", "")]),
    },
    Code {
        code: "E0319",
        title: "a step that creates something is repeated",
        meaning: "A poll sends its request again and again, and each would create another thing. Create in one step, and \
                  wait for it in the next with a GET.",
        example: invalid!(
            "create-that-polls",
            &[(
                "poll     = { until = \"status == 201\", within = \"1m\" }",
                "expect   = [\"status == 201\"]",
            )]
        ),
    },
];
