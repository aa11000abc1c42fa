//! Templates that include others: each must exist, be named by a text, and not come back to itself.
//!
//! Does not: render. What an included template reads counts as read by the one that includes it.

use crate::diagnostic::Diagnostic;
use crate::source::{Location, Source};
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// An evaluation goes no deeper; more are a chain that nobody reads.
const MOST_REACHED: usize = 50;
const KEYWORDS: [&str; 4] = ["include", "extends", "import", "from"];

/// A template that another one includes.
struct Include {
    /// Its name; none when only the run knows it.
    name: Option<String>,
    location: Location,
}

/// The templates that each template comes to, itself not counted.
pub(super) type Reached = IndexMap<String, BTreeSet<String>>;

/// Follows every include.
///
/// *Errors*: `E0314` for a missing template, `E0335` for one that includes itself, `E0336` for one that only the run
/// could name.
pub(super) fn follow(files: &IndexMap<String, Source>) -> Result<Reached, Vec<Diagnostic>> {
    let direct: IndexMap<&String, Vec<Include>> =
        files.iter().map(|(name, source)| (name, includes(source))).collect();
    let mut findings = Vec::new();
    for include in direct.values().flatten() {
        match &include.name {
            None => findings.push(
                Diagnostic::error("E0336", "which template this is, only the run would know")
                    .at(&include.location, "not a text")
                    .help("name it: {% include \"a.json.j2\" %}, inside {% if … %} where it depends"),
            ),
            Some(name) if !files.contains_key(name) => findings.push(
                Diagnostic::error("E0314", format!("there is no template `{name}`"))
                    .at(&include.location, "not declared")
                    .did_you_mean(name, files.keys().map(String::as_str)),
            ),
            Some(_) => {}
        }
    }
    let mut reached = Reached::new();
    for name in files.keys() {
        let (mut seen, mut ahead) = (BTreeSet::new(), vec![name]);
        while let Some(next) = ahead.pop() {
            for include in direct.get(next).into_iter().flatten() {
                let Some(included) = &include.name else { continue };
                if included == name && findings.is_empty() {
                    let message = format!("template `{name}` includes itself");
                    let diagnostic = Diagnostic::error("E0335", message);
                    let diagnostic = diagnostic.at(&include.location, "comes back here");
                    findings.push(diagnostic.help("move what both need into a template of its own"));
                }
                if seen.insert(included.clone()) {
                    ahead.push(included);
                }
                if seen.len() > MOST_REACHED {
                    let message = format!("template `{name}` comes to more than {MOST_REACHED} others");
                    let diagnostic =
                        Diagnostic::error("E0298", message).at(&include.location, "one too many");
                    findings.push(diagnostic.help("put what belongs together into one template"));
                    return Err(findings);
                }
            }
        }
        reached.insert(name.clone(), seen);
    }
    if findings.is_empty() { Ok(reached) } else { Err(findings) }
}

fn includes(source: &Source) -> Vec<Include> {
    let text = source.text();
    let blocks = text.match_indices("{%").filter_map(|(start, _)| {
        let inner = text[start + 2..].split("%}").next().unwrap_or_default();
        let trimmed = inner.trim_start_matches(['-', '+']).trim_start();
        let rest = KEYWORDS.iter().find_map(|keyword| trimmed.strip_prefix(keyword))?;
        let word = rest.trim_start();
        let at = start + 2 + (inner.len() - word.len());
        (word.len() < rest.len()).then(|| {
            let end = word.trim_end_matches(['-', '+']).trim_end().len();
            Include { name: quoted(word), location: source.at(at..at + end) }
        })
    });
    blocks.collect()
}

/// A text in quotes, when nothing but options such as `ignore missing` follows.
fn quoted(word: &str) -> Option<String> {
    let quote = word.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let (name, rest) = word[1..].split_once(quote)?;
    let rest = rest.trim_end_matches(['-', '+']).trim();
    let is_option = ["ignore", "as", "import", "with", "without"].iter().any(|word| rest.starts_with(word));
    (rest.is_empty() || is_option).then(|| name.to_owned())
}
