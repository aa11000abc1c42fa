//! `E082…`: lanes in CI.
//!
//! Does not: concern workflows; they are generated from `ci/`.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0821",
        title: "a path of a lane never matches",
        meaning: "The `paths` of a lane are globs over what git calls the files of the repository: from its top, with `/` between \
                  folders, and without `.`, `..` or a slash at either end. Anything else would never call for the lane.",
        example: invalid!("lane-with-a-path-that-never-matches", &[("./src/**", "src/**")]),
    },
    Code {
        code: "E0822",
        title: "a title or a label is not one line",
        meaning: "The open issue is found again by its title and its label, so both must be what the tracker keeps as it stands: \
                  one line without blanks around it, and no comma in a label, because labels are listed with commas.",
        example: invalid!(
            "lane-with-an-alert-under-two-labels-in-one",
            &[("canary,staging", "canary-staging")]
        ),
    },
    Code {
        code: "E0823",
        title: "an issue would open after no red, or never",
        meaning: "`open-after` counts the reds in a row that open the issue, this run's included. 1 opens it at once; more than \
                  50 nobody waits for.",
        example: invalid!("lane-with-an-alert-after-no-red", &[("open-after = 0", "open-after = 1")]),
    },
    Code {
        code: "E0824",
        title: "two lanes share one issue",
        meaning: "Title and label are the key of an issue. With the same key, a green of one lane would close what the other \
                  lane has opened.",
        example: invalid!(
            "lanes-with-one-issue",
            &[(
                "[lane.full.alert]\ntitle = \"Staging is red\"",
                "[lane.full.alert]\ntitle = \"The nightly run is red\""
            )]
        ),
    },
];
