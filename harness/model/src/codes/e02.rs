//! `E02…`: single words, and the suite's own tables.
//!
//! Does not: concern names that refer to something else.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0201",
        title: "a name cannot be used in expressions",
        meaning: "Axes, bundle keys, bindings, captures, inputs, outputs and fixtures are read by expressions, where \
                  `run-time` would mean `run` minus `time`. Use letters, digits and `_`. Keys of the language itself are \
                  written with `-`; names of your own are not.",
        example: invalid!("axis-not-an-identifier", &[("run-time", "run_time")]),
    },
    Code {
        code: "E0202",
        title: "a name is reserved",
        meaning: "Expressions always know `run`, `case`, `env`, `secret` and `challenge`, and after an action the words of \
                  its result (`status`, `headers`, `body`, `text`, …). A binding of the same name would hide one of them.",
        example: invalid!("fixture-with-a-reserved-name", &[("[fixture.run]", "[fixture.org]")]),
    },
    Code {
        code: "E0203",
        title: "a duration, a day or a number is not one",
        meaning: "Durations are text with units: \"250ms\", \"2s\", \"15m\", \"1h 30m\", and more than nothing, because a \
                  deadline of zero has passed before it begins. Days stand without quotes and without a time: 2027-03-31. A \
                  concurrency of zero would run nothing for ever.",
        example: invalid!("duration-without-unit", &[("\"30\"", "\"30m\"")]),
    },
    Code {
        code: "E0204",
        title: "a key takes one of a few words, and this is none of them",
        meaning: "Some keys are a choice: `prove`, `flaky`, `provides`, `gate`. The message lists the words, and an editor \
                  that knows the schema completes them.",
        example: invalid!(
            "prove-with-an-unknown-word",
            &[(
                "prove = \"require\"\n",
                "prove = \"optional\"\n[environment.embedded]\nprovides = \"secrets\"\n",
            )]
        ),
    },
    Code {
        code: "E0205",
        title: "a credential may be sent nowhere",
        meaning: "`on` lists the services that a credential may be sent to. An empty list makes it useless, and a list is \
                  never guessed: what may leave the house is written down.",
        example: invalid!(
            "credential-that-goes-nowhere",
            &[("on     = []\n", "on     = [\"api\"]\n[environment.embedded]\nprovides = \"secrets\"\n",)]
        ),
    },
    Code {
        code: "E0206",
        title: "a reply could name any host",
        meaning: "The base of this service comes from a binding and not from `env`, so a wrong or hostile reply could send \
                  its credentials and keys to a host of its choice. List the hosts that it may have; `*.example.com` is \
                  every host below one.",
        example: invalid!(
            "service-that-a-reply-could-point-anywhere",
            &[("base = \"{{ where }}\"\n", "base  = \"{{ where }}\"\nhosts = [\"example.com\"]\n",)]
        ),
    },
    Code {
        code: "E0207",
        title: "a tag is not one word",
        meaning: "Tags are listed with commas and negated with `!`, so a tag is one word of letters, digits, `-`, `_`, `.` \
                  and `/`.",
        example: invalid!("tag-of-two-words", &[("very slow", "very-slow")]),
    },
    Code {
        code: "E0208",
        title: "a name is taken by a variable",
        meaning: "`E2E_<NAME>` selects by an axis or replaces a binding. `E2E_LANE`, `E2E_MODE`, `E2E_TAG`, `E2E_ARM`, \
                  `E2E_SCENARIO`, `E2E_ENVIRONMENT`, `E2E_REQUIRE_LIVE`, `E2E_KEEP_ORG`, `E2E_RUN_ID` and \
                  `E2E_TRANSIENT_RETRIES` mean something else already, so no axis or binding has one of \
                  these names.",
        example: invalid!(
            "axis-that-a-variable-already-means",
            &[("lane = [", "track = ["), ("match = { lane =", "match = { track =")]
        ),
    },
    Code {
        code: "E0209",
        title: "a share is none",
        meaning: "`retry-budget` is a share of the run's requests, from 0 to 1: 0.1 lets a run repeat one send for every ten, 0 \
                  lets it repeat none.",
        example: invalid!(
            "retry-budget-of-more-than-everything",
            &[(
                "retry-budget = 10\n",
                "retry-budget = 0.1\n[environment.embedded]\nprovides = \"secrets\"\n"
            )]
        ),
    },
    Code {
        code: "E0210",
        title: "a name is longer than anyone types",
        meaning: "Names of axes, bindings and captures have 100 bytes at most: people type them, and they stand in every line \
                  about a case.",
        example: invalid!(
            "name-longer-than-anyone-types",
            &[(
                "a_name_of_many_words_a_name_of_many_words_a_name_of_many_words_a_name_of_many_words_a_name_of_many_words_",
                "size"
            )]
        ),
    },
    Code {
        code: "E0211",
        title: "a variable holds a value of another kind than the binding that it replaces",
        meaning: "`E2E_<BINDING>` replaces a binding with a value of the same kind: a number where a number stands, a yes or no \
                  (1, true, yes, on or 0, false, no, off) where true or false stands.",
        example: invalid!("variable-of-another-kind-than-its-binding", &[("\"5m\"", "\"300\"")]),
    },
    Code {
        code: "E0212",
        title: "no base has this host",
        meaning: "`hosts` lists where the base of a service may lead: a host, or `*.` and what it is below. Behind it may stand \
                  a port, or `:*` for any; without one it is the port of the scheme. Before it may stand `http://` or \
                  `https://`; without one it is https, or plain HTTP where all bases that the settings name are. There is \
                  no path and no user.",
        example: invalid!("host-with-a-path", &[("https://api.example.com/v1", "api.example.com")]),
    },
    Code {
        code: "E0298",
        title: "a text could cost more than anyone has",
        meaning: "What a text costs follows from its length and from what it reads. So `*` multiplies once, by a number of at \
                  most 3600 that is written there; `set`, `for` and `with` name one path with filters, joined text is \
                  written where it is needed; there are no macros and captures; and a template has bounds for its pieces, \
                  its `elif`s and what it includes.",
        example: invalid!("text-that-could-repeat-without-end", &[("1000000", "1000")]),
    },
    Code {
        code: "E0299",
        title: "an expression is longer than anyone writes",
        meaning: "An expression or an inline template has 2048 bytes at most: one that is longer was generated, and could \
                  nest deeper than a stack reaches. Capture a part of it in a step of its own, or move text into a file \
                  below `templates/`.",
        example: invalid!("expression-longer-than-anyone-writes", &[("not ", "")]),
    },
];
