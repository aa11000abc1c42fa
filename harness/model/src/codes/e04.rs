//! `E04…` and `W04…`: scenarios, their matrix and their arms.
//!
//! Does not: concern steps.

use super::{Code, invalid, warned};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0401",
        title: "two scenarios have one name",
        meaning: "A scenario's name is the first part of the ids of its cases; two of them could not be told apart.",
        example: invalid!(
            "two-scenarios-of-one-name",
            &[(
                "#--- twin.toml\n[scenario]\nname = \"sample\"",
                "#--- twin.toml\n[scenario]\nname = \"twin\"",
            )]
        ),
    },
    Code {
        code: "E0402",
        title: "an axis is not a list of values",
        meaning: "An axis lists its values, one at least: runtime = [\"codex\"]. A value names cases, so it is not empty, \
                  blank, or made of control characters. For an axis of tables write [[matrix.agent]] for each value.",
        example: invalid!("axis-that-is-not-a-list", &[("\"codex\"", "[\"codex\"]")]),
    },
    Code {
        code: "E0403",
        title: "an exclude speaks of an axis that is not there",
        meaning: "Nothing has that key, so the exclude would drop nothing. Its keys are axes of this matrix; a part of a \
                  bundle is written below its axis: { agent = { runtime = \"mock\" } }.",
        example: invalid!("unknown-axis-in-exclude", &[("runtimes = \"mock\"", "runtime = \"mock\"")]),
    },
    Code {
        code: "W0404",
        title: "an include matches no row",
        meaning: "As in GitHub Actions, an include that matches no row becomes a case of its own. This may be meant, so it is \
                  a warning; if it is not, one of its values is misspelt.",
        example: warned!(
            "include-that-matches-no-row-is-not-extended-by-a-later-one",
            &[(
                "include = [{ runtime = \"mock\", speed = \"fast\" }, { color = \"green\" }]",
                "include = [{ runtime = \"codex\", speed = \"fast\" }, { color = \"green\" }]",
            )]
        ),
    },
    Code {
        code: "E0405",
        title: "the tables of a bundle are not alike",
        meaning: "Each key of a bundle is a part of the ids of its cases, so every table has the same keys in the same \
                  order. What only some of them need is bound by an arm.",
        example: invalid!(
            "bundle-with-unlike-tables",
            &[("runtime = \"mock\"\n", "runtime = \"mock\"\nmodel   = \"canned\"\n",)]
        ),
    },
    Code {
        code: "W0405",
        title: "an exclude drops nothing",
        meaning: "It matches no row, as in GitHub Actions, where that passes in silence. One of its values is misspelt, or the \
                  row that it meant is gone.",
        example: warned!(
            "exclude-that-drops-nothing",
            &[(", { runtime = \"mocks\", lifecycle = \"pause\" }, { lifecycle = \"hibernate\" }", "")]
        ),
    },
    Code {
        code: "E0406",
        title: "an exclude or include is not a list of tables",
        meaning: "Both are lists of tables with a key at least. An empty table would match everything.",
        example: invalid!(
            "exclude-that-is-not-a-list",
            &[("exclude = { runtime = \"mock\" }", "exclude = [{ runtime = \"mock\" }]",)]
        ),
    },
    Code {
        code: "W0406",
        title: "a key of an include is an axis but for a slip",
        meaning: "A key that no axis has is an extra: it is bound, and filters nothing. This one is close to the name of an \
                  axis; if it is meant as it is, another name says so.",
        example: warned!("include-key-close-to-an-axis", &[("runtme", "runtime")]),
    },
    Code {
        code: "E0407",
        title: "a matrix multiplies to more cases than anyone can run",
        meaning: "The product of the axes is beyond what the harness holds in memory. Split the scenario, or take values \
                  out.",
        example: invalid!(
            "matrix-larger-than-memory",
            &[("\nb = [", "\n# b = ["), ("\nc = [", "\n# c = ["), ("\nd = [", "\n# d = ["),]
        ),
    },
    Code {
        code: "E0408",
        title: "a `when` holds for no case",
        meaning: "Its step would never take place: no row of the matrix, after `exclude`, makes the condition true.",
        example: invalid!(
            "when-that-holds-for-no-case",
            &[(
                "runtime == 'mock' and lifecycle == 'pause'\"",
                "runtime == 'codex' and lifecycle == 'pause'\""
            )]
        ),
    },
    Code {
        code: "E0409",
        title: "an axis is compared with a value that it lacks",
        meaning: "The comparison is the same for every case, so a part of the condition does nothing. Most often the value is \
                  misspelt.",
        example: invalid!("axis-compared-with-a-value-that-it-lacks", &[("'codec'", "'codex'")]),
    },
    Code {
        code: "E0410",
        title: "an arm matches no case",
        meaning: "Its bindings, requirements and marks would never count. All keys of its `match` must hold for a row of the \
                  matrix.",
        example: invalid!("arm-that-matches-no-case", &[("[\"codex\"]", "[\"codex\", \"hermes\"]")]),
    },
    Code {
        code: "E0411",
        title: "a match speaks of an axis that is not there",
        meaning: "The keys of a `match` are axes of the scenario's matrix, and the keys of its bundles.",
        example: invalid!("unknown-axis-in-arm", &[("{ runtimes =", "{ runtime =")]),
    },
    Code {
        code: "E0412",
        title: "a secret is not declared",
        meaning: "Every secret has a `[secret.X]` in suite.toml: only what is declared is hidden wherever it would be seen.",
        example: invalid!("unknown-secret-in-requires", &[("APY_KEY", "ADMIN_KEY")]),
    },
    Code {
        code: "E0413",
        title: "a known red is in a step that is not there",
        meaning: "A known red counts only in the step that it names; in one that does not exist it would never count. The \
                  steps of flows that the scenario uses are its own.",
        example: invalid!("unknown-step-in-known-red", &[("\"loook\"", "\"look\"")]),
    },
    Code {
        code: "E0414",
        title: "two axes have one name",
        meaning: "Each name selects (`E2E_RUNTIME`), and a key of a bundle does so too. Capitals do not tell names apart, because \
                  GitHub and environment variables do not either.",
        example: invalid!(
            "axes-that-differ-in-case",
            &[("Runtime = [\"hermes\"]\n", "size    = [\"large\"]\n")]
        ),
    },
    Code {
        code: "E0415",
        title: "two arms of a scenario have one name",
        meaning: "Gates, selections and reports speak of an arm by its name and could not tell them apart.",
        example: invalid!(
            "two-arms-of-one-name",
            &[(
                "name  = \"one\"\nmatch = { runtime = \"mock\" }",
                "name  = \"two\"\nmatch = { runtime = \"mock\" }"
            )]
        ),
    },
    Code {
        code: "E0416",
        title: "a matrix has more cases than `max-cases`",
        meaning: "The ceiling is there so that nobody adds a value and multiplies a bill. Raise it, exclude rows, or keep every \
                  pair of values with cover = 2.",
        example: invalid!("more-cases-than-allowed", &[("max-cases = 12", "max-cases = 27")]),
    },
    Code {
        code: "E0417",
        title: "`cover`, `max-cases` or `from` is not what it must be",
        meaning: "`cover` is 1, 2 or 3: every value, pair or triple of values is in a case. `max-cases` is a number from 1. \
                  `from` is the name of a JSON file beside the scenario. No axis can have one of these names.",
        example: invalid!("cover-of-four", &[("cover   = 4", "cover   = 2")]),
    },
    Code {
        code: "E0418",
        title: "the file of a matrix cannot be taken",
        meaning: "`from` names a JSON file beside the scenario that holds what `fromJSON` takes: a table with axes, `exclude` \
                  and `include`. It is missing, is not that, or has a key that stands in the scenario too.",
        example: invalid!(
            "key-in-scenario-and-matrix-file",
            &[(",\n  \"exclude\": [{ \"runtime\": \"codex\" }]", "")]
        ),
    },
    Code {
        code: "E0419",
        title: "a matrix has no case",
        meaning: "Everything is excluded, so the scenario would pass whatever the platform does. Narrow a row of `exclude`, or \
                  delete the file.",
        example: invalid!("every-row-excluded", &[(", { runtime = \"mock\" }]", "]")]),
    },
];
