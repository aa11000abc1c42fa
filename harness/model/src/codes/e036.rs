//! `E036…`: what a request uploads.
//!
//! Does not: find anything; `validate` does.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0360",
        title: "this is not a size of an upload",
        meaning: "A whole number with a unit, 64 MiB at most. `kB` and `MB` are thousands and millions of bytes, `KiB` and `MiB` \
                  are 1024 and 1024 times 1024; a size without a unit could mean either, so it says `B`.",
        example: invalid!("upload-without-a-unit", &[("\"26\"", "\"26 MiB\"")]),
    },
    Code {
        code: "E0361",
        title: "an upload and a body at once",
        meaning: "An upload is the body of its request: a form with one file. What else has to be sent goes into a step of its own.",
        example: invalid!("upload-with-a-body", &[(", body = \"thing.json.j2\"", "")]),
    },
    Code {
        code: "E0362",
        title: "an upload that nothing takes",
        meaning: "A GET asks and a DELETE removes; a server ignores what they carry. Uploads are sent with POST, PUT or PATCH.",
        example: invalid!("upload-with-a-get", &[("upload =", "method = \"POST\", upload =")]),
    },
];
