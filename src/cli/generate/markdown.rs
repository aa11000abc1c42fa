//! Markdown: tables and fenced blocks.
//!
//! Does not: know what is in them.

/// A table with a head; no rows are no table.
pub(super) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(head.iter().map(|cell| (*cell).to_owned()).collect());
    text.push_str(&line(vec!["---".to_owned(); N]));
    for row in rows {
        text.push_str(&line(row.iter().map(|cell| cell.replace('|', "\\|")).collect()));
    }
    text
}

/// Text that is shown as it is.
pub(super) fn code(text: &str) -> String {
    // A back quote inside of it needs two around it.
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Names, each shown as it is.
pub(super) fn codes<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| code(name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A block of a language.
pub(super) fn block(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.trim_end())
}
