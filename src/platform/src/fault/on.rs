//! Patterns of requests: what a wire fault is about.
//!
//! Does not: look at the query, a header or the body.

use std::fmt;
use std::str::FromStr;

use axum::http::Method;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};

/// What is encoded in a segment: what ends it, what ends the parameter, and what means something in a pattern.
const ENCODED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'%').add(b'/').add(b'?').add(b'#').add(b',').add(b'*').add(b':').add(b'{');

/// The platform's own routes, which are an instrument and no part of what is tested.
const OWN: &[u8] = b"__platform";

/// A pattern of requests.
///
/// *Shape*: `METHOD /path`. The method may be `*`; in the path `*` is one segment, and `**` at the end is the rest, if
/// there is any. Segments are compared percent-decoded; a `*` or a comma that is meant is `%2A` or `%2C`. The
/// platform's own routes below `/__platform` are only meant by a pattern that begins with them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct On {
    /// `None` for any.
    method: Option<Method>,
    segments: Vec<Segment>,
    rest: Rest,
}

/// One segment of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Segment {
    Any,
    Exactly(Vec<u8>),
}

/// Whether more may come after the segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Rest {
    Nothing,
    Anything,
}

impl On {
    /// Whether a request is meant.
    pub fn covers(&self, method: &Method, path: &str) -> bool {
        if self.method.as_ref().is_some_and(|meant| meant != method) {
            return false;
        }
        let mut found = segments(path).map(|segment| percent_decode_str(segment).collect::<Vec<u8>>());
        for (position, segment) in self.segments.iter().enumerate() {
            let covered = match (segment, found.next()) {
                (Segment::Exactly(meant), Some(found)) => *meant == found,
                (Segment::Any, Some(found)) => position > 0 || found != OWN,
                (Segment::Any | Segment::Exactly(_), None) => false,
            };
            if !covered {
                return false;
            }
        }
        match (self.rest, found.next()) {
            (_, None) => true,
            (Rest::Anything, Some(next)) => !self.segments.is_empty() || next != OWN,
            (Rest::Nothing, Some(_)) => false,
        }
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

impl FromStr for On {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = "it is a method and a path, such as `GET /workspaces/*`; either may be any: `* /**`";
        let (method, path) = text.split_once(' ').ok_or(shape)?;
        let path = path.trim_start();
        let is_method = method == "*" || method.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_method || method.is_empty() || !path.starts_with('/') {
            return Err(shape);
        }
        if path.contains(['?', '#']) {
            return Err("a request is meant by its method and path; the query is not looked at");
        }
        let (path, rest) = match path.strip_suffix("/**") {
            Some(path) => (path, Rest::Anything),
            None => (path, Rest::Nothing),
        };
        let method = (method != "*").then(|| method.parse()).transpose().or(Err(shape))?;
        let found = if path.is_empty() { Vec::new() } else { segments(path).collect() };
        let segments = found.into_iter().map(segment).collect::<Result<_, _>>()?;
        Ok(Self { method, segments, rest })
    }
}

fn segment(text: &str) -> Result<Segment, &'static str> {
    match text {
        "*" => Ok(Segment::Any),
        "**" => Err(
            "`**` is the rest of a path, so it stands at the end; one segment that may be anything is `*`",
        ),
        _ if text.contains('*') => Err("`*` is a whole segment; one that is meant is written `%2A`"),
        _ if text.starts_with([':', '{']) => Err(
            "a segment that may be anything is `*`; a colon or a brace that is meant is written `%3A` or `%7B`",
        ),
        _ => Ok(Segment::Exactly(percent_decode_str(text).collect())),
    }
}

impl fmt::Display for On {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.method.as_ref().map_or("*", Method::as_str))?;
        formatter.write_str(" ")?;
        for segment in &self.segments {
            match segment {
                Segment::Any => formatter.write_str("/*")?,
                Segment::Exactly(bytes) => write!(formatter, "/{}", percent_encode(bytes, ENCODED))?,
            }
        }
        if self.rest == Rest::Anything { formatter.write_str("/**") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::On;
    use axum::http::Method;

    fn covers(pattern: &str, method: &str, path: &str) -> bool {
        pattern.parse::<On>().unwrap().covers(&method.parse::<Method>().unwrap(), path)
    }

    #[test]
    fn a_pattern_means_its_method_and_its_segments() {
        for (pattern, request, is_meant) in [
            ("GET /workspaces/*", "GET /workspaces/1", true),
            ("GET /workspaces/*", "POST /workspaces/1", false),
            ("GET /workspaces/*", "GET /workspaces", false),
            ("GET /workspaces/*", "GET /workspaces/1/activity", false),
            ("* /workspaces/*/a2a", "POST /workspaces/1/a2a", true),
            ("GET /workspaces/**", "GET /workspaces", true),
            ("GET /workspaces/**", "GET /workspaces/1/activity", true),
            ("GET /workspaces/**", "GET /events", false),
            ("* /**", "DELETE /", true),
            ("GET /", "GET /", true),
            ("GET /", "GET /health", false),
            ("GET /a%2Cb", "GET /a,b", true),
            ("GET /a%20b", "GET /a%20b", true),
            ("GET /%2A", "GET /a", false),
            ("GET /%2A", "GET /*", true),
        ] {
            let (method, path) = request.split_once(' ').unwrap();
            assert_eq!(covers(pattern, method, path), is_meant, "{pattern}: {request}");
        }
    }

    #[test]
    fn the_instruments_of_the_platform_are_only_meant_by_name() {
        for (pattern, is_meant) in [
            ("* /**", false),
            ("GET /*/faults", false),
            ("GET /__platform/*", true),
            ("* /__platform/**", true),
        ] {
            assert_eq!(covers(pattern, "GET", "/__platform/faults"), is_meant, "{pattern}");
        }
    }

    #[test]
    fn a_text_that_is_no_pattern_is_told_how_to_become_one() {
        for (text, told) in [
            ("/workspaces", "it is a method and a path"),
            ("get /workspaces", "it is a method and a path"),
            ("GET workspaces", "it is a method and a path"),
            ("GET /workspaces?a=b", "the query is not looked at"),
            ("GET /**/a2a", "it stands at the end"),
            ("GET /work*", "`*` is a whole segment"),
            ("GET /workspaces/:id", "that may be anything is `*`"),
            ("GET /workspaces/{id}", "that may be anything is `*`"),
        ] {
            let why = text.parse::<On>().unwrap_err();
            assert!(why.contains(told), "{text}: {why}");
        }
    }
}
