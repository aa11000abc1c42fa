//! `E08…`: lanes.
//!
//! Does not: concern what a variable or an argument selects; those are refused when they are given.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0801",
        title: "a lane selects by something that is not there",
        meaning: "The keys of `select` are axes and bundle keys of the suite's scenarios, and `scenario`, `arm` and `tag`.",
        example: invalid!("lane-that-selects-by-an-unknown-axis", &[("runtme", "runtime")]),
    },
    Code {
        code: "E0802",
        title: "a lane selects a value that nothing lists",
        meaning: "It would select less than somebody meant, or leave out less. The value is one of the axis, a scenario, an \
                  arm or a tag; `!` before it leaves it out.",
        example: invalid!("lane-that-selects-an-unknown-tag", &[("smoky", "smoke")]),
    },
    Code {
        code: "E0803",
        title: "a lane picks no case",
        meaning: "A run of it would be green whatever happens. All conditions of `select` must hold for one case at least.",
        example: invalid!("lane-that-picks-nothing", &[("tag = \"cheap\" }", "tag = \"smoke\" }")]),
    },
    Code {
        code: "E0804",
        title: "a case may take longer than a run of its lane",
        meaning: "Deadlines nest: the lane's `timeout` is longer than that of every case that it picks. Lengthen it, or give \
                  the scenario a shorter one.",
        example: invalid!(
            "lane-shorter-than-its-cases",
            &[("[lane.night]\ntimeout = \"30m\"", "[lane.night]\ntimeout = \"40m\"")]
        ),
    },
    Code {
        code: "E0805",
        title: "a lane binds what the suite does not",
        meaning: "A lane gives bindings of the suite other values; a name that the suite does not bind is misspelt, or would \
                  be missing in every other run.",
        example: invalid!("lane-that-binds-an-undeclared-name", &[("online_bugdet", "online_budget")]),
    },
    Code {
        code: "E0806",
        title: "a group is not one word",
        meaning: "Runs of lanes with one `exclusive` group wait for each other; the group is also the name of a file, so it \
                  is made of letters, digits, `-` and `_`.",
        example: invalid!("lane-with-a-group-of-two-words", &[("staging org", "staging-org")]),
    },
    Code {
        code: "E0807",
        title: "two lanes answer to one name",
        meaning: "`--lane`, `E2E_LANE` and `E2E_MODE` take the name of a lane or one of its `aliases`; one name means one lane.",
        example: invalid!(
            "lane-with-the-name-of-another",
            &[("aliases = [\"night\"]", "aliases = [\"smoke\"]")]
        ),
    },
    Code {
        code: "E0808",
        title: "the default lane is not there",
        meaning: "`lane` in `[suite]` names the lane of a run that names none and selects nothing, so a `[lane.X]` has that name.",
        example: invalid!(
            "default-lane-that-is-not-there",
            &[("lane         = \"nigth\"", "lane         = \"night\"")]
        ),
    },
    Code {
        code: "E0809",
        title: "a lane expects an exit code that no run has",
        meaning: "A lane that is to fail says with which exit code: 0 green, 1 red, 2 usage, 3 never up, 4 leak, 5 live \
                  required, 70 internal, 130 interrupted.",
        example: invalid!(
            "lane-that-expects-an-unknown-exit-code",
            &[("expect-exit = 9", "expect-exit = 1")]
        ),
    },
];
