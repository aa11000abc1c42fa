//! `E043…`: choices, and the arms that take them.
//!
//! Does not: know which secrets a run has.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0430",
        title: "an arm takes a choice that is not there",
        meaning: "`choose` names choices of choices.toml, or one alternative of a choice: \"provider.minimax\".",
        example: invalid!("unknown-choice", &[("\"provder\"", "\"provider\"")]),
    },
    Code {
        code: "E0431",
        title: "the alternatives of a choice are not alike",
        meaning: "Whichever is taken, the same names must be bound, or what reads them would depend on the keys that somebody \
                  has. Bind the name in every alternative.",
        example: invalid!("alternatives-that-bind-other-names", &[(", tier = 2", "")]),
    },
    Code {
        code: "E0432",
        title: "two alternatives of a choice have one name",
        meaning: "An arm can take an alternative by its name, and the plan says by it which one was taken.",
        example: invalid!(
            "alternatives-of-one-name",
            &[("name   = \"large\"\nsecret = \"SMALL_KEY\"", "name   = \"small\"\nsecret = \"SMALL_KEY\"")]
        ),
    },
    Code {
        code: "E0433",
        title: "an alternative is never taken",
        meaning: "The first alternative that is for a case and whose secret is there is taken. One without `when` and `secret` \
                  is always that, so it is the last.",
        example: invalid!(
            "alternative-that-is-never-taken",
            &[("name   = \"large\"\n", "name   = \"large\"\nsecret = \"LARGE_KEY\"\n")]
        ),
    },
    Code {
        code: "E0434",
        title: "no alternative of a choice is for a case",
        meaning: "The case takes the choice and would be skipped whatever keys there are. Add an alternative whose `when` holds \
                  for it, or narrow the `match` of the arm.",
        example: invalid!("alternative-for-no-case", &[("when   = \"runtime == 'hermes'\"\n", "")]),
    },
    Code {
        code: "E0435",
        title: "a choice cannot be decided before the run",
        meaning: "`when` of an alternative is true or false, from what is bound before anything runs: axes, bundle keys, \
                  bindings, and what earlier choices of the same case bind.",
        example: invalid!(
            "choice-that-cannot-be-decided",
            &[("when   = \"runtime\"", "when   = \"runtime == 'codex'\"")]
        ),
    },
    Code {
        code: "E0436",
        title: "an alternative seals a secret that it does not ask for",
        meaning: "Whoever takes it may not have that secret, and the request would go out without it. An alternative hands over \
                  the one that it names with `secret`.",
        example: invalid!(
            "sealed-secret-of-another",
            &[("name   = \"small\"\nsecret = \"SMALL_KEY\"", "name   = \"small\"\nsecret = \"LARGE_KEY\"")]
        ),
    },
    Code {
        code: "E0437",
        title: "several attempts that show nothing",
        meaning: "`pass` says how many of several attempts must pass: two attempts or more, and at least one of them, or whatever \
                  the target does would come to the same.",
        example: invalid!("more-passes-than-attempts", &[("at-least = 6", "at-least = 4")]),
    },
    Code {
        code: "E0438",
        title: "a known red that is tried several times",
        meaning: "A known red is one failure in exactly the declared way, and a pass of it is red. Of several attempts, some pass. \
                  An arm has one of the two marks.",
        example: invalid!("known-red-with-attempts", &[("pass      = { of = 5, at-least = 4 }\n", "")]),
    },
];
