//! `docs/faults.md`: everything that can be asked to go wrong, where it bites, and how it is written.
//!
//! Does not: say who notices it; `faults.toml` of a suite does.

#[cfg(feature = "platform")]
use super::markdown::{code, table};
#[cfg(feature = "platform")]
use shakedown_platform::{FaultKind, FaultRow, Need, Parameter};

const PROSE: &str = include_str!("faults.md");

/// The page.
pub(super) fn page() -> String {
    PROSE.replace("<!-- inside -->\n", &inside()).replace("<!-- wire -->\n", &wire())
}

#[cfg(not(feature = "platform"))]
fn inside() -> String {
    "This build has no embedded platform, so it has no faults.\n".to_owned()
}

#[cfg(not(feature = "platform"))]
fn wire() -> String {
    inside()
}

/// A section for each topic.
#[cfg(feature = "platform")]
fn inside() -> String {
    let rows: Vec<FaultRow> =
        shakedown_platform::fault_rows().filter(|row| row.kind == FaultKind::Inside).collect();
    let topics = rows.chunk_by(|left, right| left.topic == right.topic).map(|topic| {
        let cells = |row: &FaultRow| [code(row.name), row.place.to_owned(), row.meaning.to_owned()];
        let rows: Vec<[String; 3]> = topic.iter().map(cells).collect();
        format!("## Inside: {}\n\n{}", topic[0].topic, table(["fault", "where", "what is wrong then"], &rows))
    });
    topics.collect::<Vec<_>>().join("\n")
}

#[cfg(feature = "platform")]
fn wire() -> String {
    let rows = shakedown_platform::fault_rows().filter(|row| row.kind == FaultKind::Wire).map(|row| {
        let takes: Vec<String> = row.parameters.iter().map(taken).collect();
        [code(row.name), row.meaning.to_owned(), takes.join("; "), code(row.example)]
    });
    let rows: Vec<[String; 4]> = rows.collect();
    table(["fault", "what is wrong then", "besides `on` and `after` it takes", "example"], &rows)
}

#[cfg(feature = "platform")]
fn taken(parameter: &Parameter) -> String {
    let described = format!("{}, {}", code(parameter.key), parameter.meaning);
    match parameter.need {
        Need::Required => described,
        Need::Otherwise(default) => format!("{described} [default: {}]", code(default)),
    }
}
