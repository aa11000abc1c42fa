//! Who is told of a run.
//!
//! Does not: say what came of it; the runner does.

use crate::name::{SecretName, TemplateName};
use crate::source::Location;
use crate::template::Template;
use std::fmt;
use std::time::Duration;

/// `[sink.X]`: somebody who is told of a run.
#[derive(Debug, Clone)]
pub struct Sink {
    /// Where it was written.
    pub location: Location,
    /// The environment variable that turns it on; none when it is always on.
    pub when: Option<String>,
    /// When it is told.
    pub on: Vec<Moment>,
    /// Where it goes.
    pub to: Destination,
}

/// A moment of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// It begins.
    Start,
    /// The first red that counts.
    Red,
    /// It is over.
    End,
}

/// Where a sink's words go.
#[derive(Debug, Clone)]
pub enum Destination {
    /// A file that is replaced whole.
    File {
        /// The file.
        path: Template,
        /// What it is made of.
        body: TemplateName,
    },
    /// A `POST`.
    Webhook(Webhook),
    /// Metrics in a text file.
    Prometheus {
        /// The file.
        path: Template,
    },
}

/// A `POST` to somebody's server.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Where to.
    pub url: Template,
    /// What it says.
    pub body: TemplateName,
    /// What signs it.
    pub signed: Option<SecretName>,
    /// Its bearer token.
    pub bearer: Option<Template>,
    /// How long all attempts may take.
    pub within: Duration,
}

impl Sink {
    /// The templates of its own: where it goes, and with whose authority.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let (one, other) = match &self.to {
            Destination::File { path, .. } | Destination::Prometheus { path } => (path, None),
            Destination::Webhook(webhook) => (&webhook.url, webhook.bearer.as_ref()),
        };
        std::iter::once(one).chain(other)
    }

    /// The template of its body.
    pub fn body(&self) -> Option<&TemplateName> {
        match &self.to {
            Destination::File { body, .. } => Some(body),
            Destination::Webhook(webhook) => Some(&webhook.body),
            Destination::Prometheus { .. } => None,
        }
    }

    /// The secret that signs it.
    pub fn signed(&self) -> Option<&SecretName> {
        match &self.to {
            Destination::Webhook(webhook) => webhook.signed.as_ref(),
            Destination::File { .. } | Destination::Prometheus { .. } => None,
        }
    }

    /// What it reads of a table such as `env` or `secret`.
    pub fn reads<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a str> {
        let paths = self.templates().flat_map(Template::reads);
        paths.filter_map(move |path| path.strip_prefix(table)?.strip_prefix('.'))
    }
}

impl Moment {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Red => "red",
            Self::End => "end",
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}
