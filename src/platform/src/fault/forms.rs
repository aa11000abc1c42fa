//! The forms of wire faults: what each does, what it takes, and how it is written.
//!
//! Does not: read a text; [`super::Wire`] does.

/// Whether a parameter must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may be left out; then it is this.
    Otherwise(&'static str),
}

/// A parameter of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its key.
    pub key: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Whether it must be there.
    pub need: Need,
}

/// A wire fault as it can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its name.
    pub name: &'static str,
    /// What is wrong then, in a sentence.
    pub meaning: &'static str,
    /// What it takes besides `on`, `after` and a limit.
    pub parameters: &'static [Parameter],
    /// A text that asks for it.
    pub example: &'static str,
}

impl Form {
    /// The form of this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.name == name)
    }

    /// The keys of its parameters, `on` and `after` first.
    pub(super) fn keys(&self) -> Vec<&'static str> {
        ["on", "after"].into_iter().chain(self.parameters.iter().map(|parameter| parameter.key)).collect()
    }
}

const fn required(key: &'static str, meaning: &'static str) -> Parameter {
    Parameter { key, meaning, need: Need::Required }
}

const fn optional(key: &'static str, meaning: &'static str, otherwise: &'static str) -> Parameter {
    Parameter { key, meaning, need: Need::Otherwise(otherwise) }
}

const STATUS: Parameter = required("is", "the status, 200 to 599");
const AT: Parameter = required("at", "the field, a JSON Pointer; `*` is every element of a list");
const NEW: Parameter = required(
    "at",
    "the field, a JSON Pointer; `*` is every element of a list, `-` at the end one more behind its last",
);
const VALUE: Parameter = required("to", "the value, in JSON");
const NAME: Parameter = required("name", "the name of the header");

/// Every wire fault: what befalls a request first, then what befalls a reply.
pub(super) static FORMS: &[Form] = &[
    Form {
        name: "answer",
        meaning: "The request is answered with this status; the platform is not asked.",
        parameters: &[STATUS, optional("body", "`json`, `text`, `html` or `empty`", "json")],
        example: "answer:on=POST /workspaces,is=500,body=text",
    },
    Form {
        name: "drop-request",
        meaning: "The request is answered with 200 and an empty object; the platform is not asked.",
        parameters: &[],
        example: "drop-request:on=POST /workspaces/*/pause",
    },
    Form {
        name: "storm-429",
        meaning: "The request is answered with 429 and `Retry-After`; the platform is not asked.",
        parameters: &[optional("retry-after", "the seconds to wait", "1")],
        example: "storm-429:on=GET /workspaces/*,first=3",
    },
    Form {
        name: "hang",
        meaning: "The request is accepted and never answered; the platform is not asked.",
        parameters: &[],
        example: "hang:on=POST /workspaces,nth=1",
    },
    Form {
        name: "reset",
        meaning: "The connection is closed without a byte of an answer; the platform is not asked.",
        parameters: &[],
        example: "reset:on=GET /workspaces/*,nth=2",
    },
    Form {
        name: "delay",
        meaning: "The request is held back for so long, in real time.",
        parameters: &[required("by", "how long, such as `500ms`; at most an hour")],
        example: "delay:on=POST /workspaces/*/a2a,by=500ms",
    },
    Form {
        name: "duplicate",
        meaning: "The request is passed on twice; the second answer is the one that is seen.",
        parameters: &[],
        example: "duplicate:on=POST /workspaces,nth=1",
    },
    Form {
        name: "status",
        meaning: "The reply has another status, and is right otherwise.",
        parameters: &[STATUS],
        example: "status:on=GET /workspaces/*,is=503,nth=1",
    },
    Form {
        name: "json",
        meaning: "A field of a JSON reply has another value.",
        parameters: &[AT, VALUE],
        example: "json:on=GET /workspaces/*,at=/status,to=\"failed\"",
    },
    Form {
        name: "with",
        meaning: "A JSON reply has a field, or an element of a list, that it does not have otherwise.",
        parameters: &[NEW, VALUE],
        example: "with:on=GET /workspaces/*,at=/auth_token,to=\"secret\"",
    },
    Form {
        name: "without",
        meaning: "A JSON reply lacks a field.",
        parameters: &[AT],
        example: "without:on=GET /workspaces/*,at=/url",
    },
    Form {
        name: "header",
        meaning: "The reply has a header of this value, in place of those of its name.",
        parameters: &[NAME, required("to", "the value")],
        example: "header:on=GET /workspaces/*,name=retry-after,to=3",
    },
    Form {
        name: "without-header",
        meaning: "The reply lacks a header.",
        parameters: &[NAME],
        example: "without-header:on=GET /workspaces/*,name=content-type",
    },
    Form {
        name: "body-empty",
        meaning: "The reply has its status and no body.",
        parameters: &[],
        example: "body-empty:on=GET /workspaces/*",
    },
    Form {
        name: "body-html",
        meaning: "The reply has its status and the page of a gateway for a body.",
        parameters: &[],
        example: "body-html:on=POST /workspaces/*/a2a",
    },
    Form {
        name: "body-huge",
        meaning: "The reply has its body, and then so many spaces that it is this long at least.",
        parameters: &[optional("bytes", "how long, in bytes", "67108864")],
        example: "body-huge:on=GET /workspaces",
    },
    Form {
        name: "body-slow",
        meaning: "The body of the reply comes in ten parts, and takes so long, in real time.",
        parameters: &[required("by", "how long, such as `500ms`; at most an hour")],
        example: "body-slow:on=GET /workspaces,by=2s",
    },
    Form {
        name: "body-truncated",
        meaning: "The reply says how long its body is; half of it comes, and then the connection is closed.",
        parameters: &[],
        example: "body-truncated:on=GET /workspaces",
    },
    Form {
        name: "reset-mid-body",
        meaning: "The connection is closed in the first part of the body, of which no length was told.",
        parameters: &[],
        example: "reset-mid-body:on=GET /workspaces/*/events/stream",
    },
];
