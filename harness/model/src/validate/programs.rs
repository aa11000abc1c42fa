//! `run.exec`: which program it is, and what it is told.
//!
//! Does not: look whether the program is there. The runner does, before a run.

use crate::diagnostic::Diagnostic;
use crate::raw::Text;
use crate::source::{At, Source};

/// Programs that take a text for commands.
const SHELLS: [&str; 10] = ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "pwsh", "powershell", "cmd"];

/// A path below the suite's root, or a name that `PATH` leads to.
///
/// *Errors*: `E0390` for anything that leads elsewhere, or that is no plain text.
pub(super) fn path(program: &At<String>) -> Result<(), Diagnostic> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '+' | '-');
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && part.chars().all(is_plain);
    if program.value.split('/').all(is_part) {
        return Ok(());
    }
    let message = format!("`{}` is no program of this suite and no tool", program.value.escape_debug());
    Err(Diagnostic::error("E0390", message)
        .at(&program.location, "here")
        .help("a path below the suite's root, such as \"ci/ask-the-cloud\", or a name that PATH leads to, such as \"aws\""))
}

/// A tool is named as `PATH` knows it.
///
/// *Errors*: `E0394` for a path.
pub(super) fn tool(tool: &At<String>) -> Result<(), Diagnostic> {
    if !tool.value.contains('/') && path(tool).is_ok() {
        return Ok(());
    }
    let message = format!("`{}` is not the name of a tool", tool.value.escape_debug());
    Err(Diagnostic::error("E0394", message)
        .at(&tool.location, "here")
        .help("its name, as PATH leads to it: tool = \"aws\""))
}

/// A shell, which would take what a reply says for a command.
pub(super) fn shell(program: &At<String>) -> Option<Diagnostic> {
    let name = program.value.rsplit('/').next().unwrap_or(&program.value);
    SHELLS.contains(&name).then(|| {
        Diagnostic::error("E0391", format!("`{name}` is a shell: it would run what a reply or a name says"))
            .at(&program.location, "here")
            .help("run the program itself, or put the script into a file below the root and name that")
    })
}

/// The name of a variable of the environment.
///
/// *Errors*: `E0392` for what cannot be one.
pub(super) fn variable(name: &At<String>) -> Result<String, Diagnostic> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if name.value.chars().all(is_letter) && !name.value.starts_with(|first: char| first.is_ascii_digit()) {
        return Ok(name.value.clone());
    }
    Err(Diagnostic::error("E0392", format!("`{}` cannot name a variable", name.value.escape_debug()))
        .at(&name.location, "here")
        .help("letters, digits and `_`: API_KEY"))
}

/// A program has no service with a stream that could wake its poll.
pub(super) fn unheard(source: &Source, wake: &Text) -> Diagnostic {
    Diagnostic::error("E0393", "a program has no stream that could wake its poll")
        .at(&source.at(wake.span()), "of which service?")
        .help("take it out: every look runs the program again")
}
