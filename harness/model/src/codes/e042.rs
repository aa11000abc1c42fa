//! `E042…`: what the system supports, against what the suite tests.
//!
//! Does not: know what the system supports; `[axis.X] supported` is exported from it.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0420",
        title: "a supported value has no case",
        meaning: "The system under test can do it, and nobody would notice if it could not. Write a case for it, or say under \
                  `untested` why there is none.",
        example: invalid!(
            "supported-and-not-tested",
            &[("\"langgraph\"]\n", "\"langgraph\"]\nuntested  = { langgraph = \"dropped upstream\" }\n")]
        ),
    },
    Code {
        code: "E0421",
        title: "a tested value is not supported",
        meaning: "It is misspelt, or the system dropped it. List it under `supported`, or mark its arms as known-red or blocked: \
                  a value whose every case is marked may be unsupported.",
        example: invalid!("tested-and-not-supported", &[("gogle-adk", "google-adk")]),
    },
    Code {
        code: "E0422",
        title: "a reason is given for a value that is not supported",
        meaning: "`untested` says why a supported value has no case; this one is not supported, or is tested after all, so the \
                  reason is stale.",
        example: invalid!("untested-and-not-supported", &[(", langgraf = \"dropped in July\"", "")]),
    },
    Code {
        code: "E0427",
        title: "rows of a matrix against more rows than anyone waits for",
        meaning: "Every row of the product is compared with every row of `include` and `exclude`; ten million comparisons are \
                  the limit. One row that speaks of a single axis covers all values of the others.",
        example: invalid!(
            "excludes-against-a-million-rows",
            &[
                ("f = [\"0\", \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\"]\n", ""),
                ("e = [\"0\", \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\"]\n", "")
            ]
        ),
    },
];
