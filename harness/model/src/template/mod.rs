//! Templates: payload files, and the strings of the language that interpolate.
//!
//! `*.json.j2` renders as JSON, one interpolation one whole value; paths render percent-encoded; everything else as it is.
//!
//! Does not: read template files.

mod includes;
pub(crate) mod meter;
pub(crate) mod thrift;

use crate::context::Bindings;
use crate::diagnostic::Diagnostic;
use crate::name::TemplateName;
use crate::source::{At, Location, Source};
use indexmap::IndexMap;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What a path segment or query value may hold unescaped: RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Steps that one evaluation may take before it is stopped.
pub(crate) const FUEL: u64 = 50_000;
const LONGEST: usize = 4 * 1024 * 1024;
/// What an inline template may render to: the rest of the house copies it freely.
const LONGEST_VALUE: usize = 64 * 1024;
const LONGEST_INLINE: usize = 2048;
const PATH_ESCAPE: &str = "percent";

static INLINE: LazyLock<Environment<'static>> = LazyLock::new(language);

fn language() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| {
        let name = name.strip_suffix(".j2").unwrap_or(name);
        match name.rsplit('.').next() {
            Some("json") => AutoEscape::Json,
            Some("html" | "xml") => AutoEscape::Html,
            Some("path") => AutoEscape::Custom(PATH_ESCAPE.into()),
            Some(_) | None => AutoEscape::None,
        }
    });
    environment.set_formatter(format);
    meter::install(&mut environment);
    environment
}

fn format(output: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if !matches!(state.auto_escape(), AutoEscape::Custom(name) if name == PATH_ESCAPE) {
        return minijinja::escape_formatter(output, state, value);
    }
    if matches!(value.kind(), ValueKind::Undefined | ValueKind::None) || value.to_string().is_empty() {
        return Err(Error::new(ErrorKind::BadEscape, "an empty value in a path would name another resource"));
    }
    let segment = value.to_string();
    if segment == "." || segment == ".." {
        return Err(Error::new(ErrorKind::BadEscape, "a dot segment in a path would name another resource"));
    }
    output.write_str(&encode_segment(&segment)).map_err(Error::from)
}

/// A text of the language that is longer than anyone writes could nest deeper than a stack reaches.
pub(crate) fn refuse_long(text: &At<String>) -> Result<(), Diagnostic> {
    if text.value.len() <= LONGEST_INLINE {
        return Ok(());
    }
    let message = format!("{} bytes in one expression, {LONGEST_INLINE} at most", text.value.len());
    Err(Diagnostic::error("E0299", message)
        .at(&text.location, "here")
        .help("capture a part of it in a step of its own, or move text into a template file"))
}

/// A text as one segment of a path, or one value of a query.
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Why a template did not render.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{place}: {message}")]
pub struct RenderError {
    place: String,
    message: String,
    line: Option<usize>,
}

impl RenderError {
    /// A rendering that is of no use, with the place of its template.
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into(), line: None }
    }

    /// The line of the template that does not render, counted from one, where the language knows it.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// What went wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    fn from_language(place: String, error: &Error, reads: &BTreeSet<String>, scope: &Bindings) -> Self {
        let missing: Vec<&str> =
            reads.iter().filter(|path| scope.resolve(path).is_none()).map(String::as_str).collect();
        let message = match error.kind() {
            ErrorKind::UndefinedError if !missing.is_empty() => {
                format!("{} is not bound", missing.join(", "))
            }
            _ => error.to_string(),
        };
        Self { place, message, line: error.line() }
    }
}

/// How an inline template escapes what it interpolates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// As it is.
    Plain,
    /// Percent-encoded, for paths and queries.
    Path,
}

/// A string of the language that interpolates, with its place.
#[derive(Debug, Clone)]
pub struct Template {
    text: At<String>,
    escape: Escape,
    reads: BTreeSet<String>,
}

impl Template {
    /// Takes an inline template.
    ///
    /// *Errors*: `E0302` when it does not parse.
    pub fn parse(text: At<String>, escape: Escape) -> Result<Self, Diagnostic> {
        refuse_long(&text)?;
        thrift::template(&text.value).map_err(|excess| excessive(&excess, &text.location))?;
        let reads = match INLINE.template_from_named_str("inline", &text.value) {
            Ok(template) => template.undeclared_variables(true).into_iter().collect(),
            Err(error) => return Err(syntax(&error).at(&text.location, "here")),
        };
        Ok(Self { text, escape, reads })
    }

    /// The template as written.
    pub fn text(&self) -> &At<String> {
        &self.text
    }

    /// The dotted paths that it reads.
    pub fn reads(&self) -> &BTreeSet<String> {
        &self.reads
    }

    /// Renders it.
    pub fn render(&self, scope: &Bindings) -> Result<String, RenderError> {
        if !self.text.value.contains('{') {
            return Ok(self.text.value.clone());
        }
        let name = match self.escape {
            Escape::Plain => "inline",
            Escape::Path => "inline.path",
        };
        INLINE
            .template_from_named_str(name, &self.text.value)
            .and_then(|template| write(&template, scope, LONGEST_VALUE))
            .map_err(|error| {
                RenderError::from_language(self.text.location.to_string(), &error, &self.reads, scope)
            })
    }
}

/// The payload files of a root, by their path below `templates/`.
#[derive(Debug, Clone)]
pub struct Templates {
    environment: Environment<'static>,
    reads: IndexMap<TemplateName, BTreeSet<String>>,
}

impl Templates {
    /// Takes all template files.
    ///
    /// *Errors*: `E0302` for each that does not parse, `E0303` for a quoted interpolation in JSON.
    pub fn parse(files: &IndexMap<String, Source>) -> Result<Self, Vec<Diagnostic>> {
        let mut environment = language();
        let (mut reads, mut findings) = (IndexMap::new(), Vec::new());
        for (name, source) in files {
            findings.extend(quoted_interpolations(name, source));
            if let Err(excess) = thrift::template(source.text()) {
                let place = source.at(excess.span.clone());
                findings.push(excessive(&excess, &place));
                continue;
            }
            match environment.add_template_owned(name.clone(), source.text().to_owned()) {
                Ok(()) => {}
                Err(error) => {
                    let whole = source.at(error.range().unwrap_or(0..source.text().len().min(1)));
                    findings.push(syntax(&error).at(&whole, "here"));
                }
            }
        }
        let reached = includes::follow(files).unwrap_or_else(|found| {
            findings.extend(found);
            includes::Reached::new()
        });
        for (name, included) in &reached {
            let all = std::iter::once(name).chain(included);
            let templates = all.filter_map(|name| environment.get_template(name).ok());
            let read = templates.flat_map(|template| template.undeclared_variables(true)).collect();
            reads.insert(TemplateName::new(name), read);
        }
        if findings.is_empty() { Ok(Self { environment, reads }) } else { Err(findings) }
    }

    /// The names of all templates.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.reads.keys().map(TemplateName::as_str)
    }

    /// The dotted paths that a template reads; none when there is no such template.
    pub fn reads(&self, name: &TemplateName) -> Option<&BTreeSet<String>> {
        self.reads.get(name)
    }

    /// The text of a template; nothing when there is no such template.
    pub(crate) fn text(&self, name: &TemplateName) -> String {
        let template = self.environment.get_template(name.as_str());
        template.map(|template| template.source().to_owned()).unwrap_or_default()
    }

    /// Renders a payload; one that is called JSON must be JSON.
    pub fn render(&self, name: &TemplateName, scope: &Bindings) -> Result<String, RenderError> {
        let place = format!("templates/{name}");
        let nothing = BTreeSet::new();
        let reads = self.reads.get(name).unwrap_or(&nothing);
        let text = self
            .environment
            .get_template(name.as_str())
            .and_then(|template| write(&template, scope, LONGEST))
            .map_err(|error| RenderError::from_language(place.clone(), &error, reads, scope))?;
        if is_json(name.as_str()) {
            return match serde_json::from_str::<serde_json::Value>(&text) {
                Ok(value) => Ok(value.to_string()),
                Err(error) => Err(RenderError::new(place, format!("what it renders is not JSON: {error}"))),
            };
        }
        Ok(text)
    }
}

/// Renders as it is written, so that what is too long is never held.
fn write(template: &minijinja::Template<'_, '_>, scope: &Bindings, longest: usize) -> Result<String, Error> {
    meter::reset();
    let mut page = meter::Page { bytes: Vec::new(), longest };
    template.render_captured_to(scope.to_value(), &mut page)?;
    String::from_utf8(page.bytes).map_err(|error| {
        Error::new(ErrorKind::WriteFailure, "what it renders is not text").with_source(error)
    })
}

/// What a text says that could cost more than anyone has.
pub(crate) fn excessive(excess: &thrift::Excess, place: &Location) -> Diagnostic {
    Diagnostic::error("E0298", excess.message.clone()).at(place, "here").help(excess.help)
}

fn is_json(name: &str) -> bool {
    name.strip_suffix(".j2")
        .unwrap_or(name)
        .rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "json")
}

fn syntax(error: &Error) -> Diagnostic {
    let detail = error.detail().unwrap_or("it does not parse");
    Diagnostic::error("E0302", format!("this is not a template: {detail}"))
        .help("values stand in {{ … }}, conditions in {% if … %} … {% endif %}")
}

/// `"{{ name }}"` and `"e2e-{{ name }}"` in a JSON template would have quotes within quotes.
fn quoted_interpolations(name: &str, source: &Source) -> Vec<Diagnostic> {
    if !is_json(name) {
        return Vec::new();
    }
    let (mut findings, mut open, mut told, mut rest) = (Vec::new(), None, None, 0);
    let text = source.text();
    while let Some(letter) = text[rest..].chars().next() {
        let tag = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")].into_iter();
        let mut tag = tag.filter(|(begin, _)| text[rest..].starts_with(begin));
        if let Some((begin, end)) = tag.next() {
            let length = text[rest..].find(end).map_or(text.len() - rest, |found| found + end.len());
            if let (Some(quote), "{{") = (open, begin)
                && told != open
            {
                told = open;
                findings.push(
                    Diagnostic::error(
                        "E0303",
                        "a JSON template writes the quotes of an interpolation itself",
                    )
                    .at(&source.at(quote..rest + 2), "these quotes are too many")
                    .help("write {{ name }} without quotes; join text inside: {{ \"e2e-\" ~ name }}"),
                );
            }
            rest += length;
            continue;
        }
        match (letter, open) {
            ('\\', Some(_)) => rest += text[rest + 1..].chars().next().map_or(0, char::len_utf8),
            ('"', None) => open = Some(rest),
            ('"', Some(_)) => open = None,
            _ => {}
        }
        rest += letter.len_utf8();
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Escape, Template, Templates};
    use crate::context::Bindings;
    use crate::name::TemplateName;
    use crate::source::{At, Source};
    use indexmap::IndexMap;

    fn templates(name: &str, text: &str) -> Result<Templates, Vec<crate::diagnostic::Diagnostic>> {
        Templates::parse(&IndexMap::from([(name.to_owned(), Source::new(name, text))]))
    }

    #[test]
    fn json_templates_cannot_be_broken_out_of() {
        let templates = templates("a.json.j2", r#"{"name": {{ name }}}"#).expect("parses");
        let scope = Bindings::default().with("name", "x\", \"admin\": true, \"y\": \"");
        let body = templates.render(&TemplateName::new("a.json.j2"), &scope).expect("renders");
        let parsed: serde_json::Value = serde_json::from_str(&body).expect("is JSON");
        assert_eq!(parsed["name"], "x\", \"admin\": true, \"y\": \"");
        assert_eq!(parsed.as_object().map(serde_json::Map::len), Some(1));
    }

    #[test]
    fn yaml_templates_are_left_alone() {
        let templates = templates("job.yaml.j2", "name: e2e-{{ id }}").expect("parses");
        let text = templates.render(&TemplateName::new("job.yaml.j2"), &Bindings::default().with("id", "a1"));
        assert_eq!(text.expect("renders"), "name: e2e-a1");
    }

    #[test]
    fn refuses_quoted_interpolation_and_what_is_not_json() {
        assert!(templates("a.json.j2", r#"{"name": "{{ name }}"}"#).is_err());
        let broken = templates("a.json.j2", r#"{"name": {{ name }}"#).expect("parses");
        let error = broken.render(&TemplateName::new("a.json.j2"), &Bindings::default().with("name", 1));
        assert!(error.expect_err("not JSON").to_string().contains("not JSON"));
    }

    #[test]
    fn a_value_in_a_path_cannot_leave_its_segment() {
        let text = "/workspaces/{{ id }}/a2a";
        let at = At { value: text.to_owned(), location: Source::new("t", text).at(0..1) };
        let path = Template::parse(at, Escape::Path).expect("parses");
        let render = |id: &str| path.render(&Bindings::default().with("id", id));
        assert_eq!(render("../x?y=1").expect("renders"), "/workspaces/..%2Fx%3Fy%3D1/a2a");
        assert!(render("..").is_err());
        assert!(render("").is_err());
        let unbound = path.render(&Bindings::default()).expect_err("strict");
        assert_eq!(unbound.to_string(), "t:1: id is not bound");
    }
}
