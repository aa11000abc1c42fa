//! `shakedown explain`: what a code of a diagnostic means, and how to mend it.
//!
//! Does not: read a suite.

use super::print;
use crate::start::StartError;
use harness_runner::model::codes::{self, Code, Example};
use harness_runner::model::exit::ExitCode;
use harness_runner::model::name::closest;
use std::fmt::Write as _;

/// Where a terminal ends, for people.
const WIDTH: usize = 100;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown explain E0311
  shakedown explain E0310 E0602
  shakedown explain                                      # every code";

/// What `explain` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The codes, as in E0311 [default: a list of all]
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
}

/// Explains some codes, or lists all of them.
pub(super) fn call(arguments: &Arguments) -> Result<ExitCode, StartError> {
    if arguments.codes.is_empty() {
        print(&list());
        return Ok(ExitCode::Success);
    }
    let explained = arguments.codes.iter().map(|name| find(name).map(explanation));
    print(&explained.collect::<Result<Vec<_>, _>>()?.join("\n"));
    Ok(ExitCode::Success)
}

fn find(name: &str) -> Result<&'static Code, StartError> {
    codes::find(name).ok_or_else(|| {
        let hint = hint(&name.to_uppercase());
        StartError::Usage(format!("there is no code `{name}`: {hint}"))
    })
}

/// The codes that begin so, else the one that was probably meant.
fn hint(name: &str) -> String {
    let known = || codes::all().map(|code| code.code);
    let begun: Vec<&str> = known().filter(|code| code.starts_with(name)).collect();
    match (begun.is_empty(), closest(name, known())) {
        (false, _) => format!("known here: {}", begun.join(", ")),
        (true, Some(meant)) => format!("did you mean {meant}? `shakedown explain` lists them all"),
        (true, None) => "`shakedown explain` lists them".to_owned(),
    }
}

fn list() -> String {
    codes::all().fold(String::new(), |mut text, code| {
        // Writing to a text does not fail.
        writeln!(text, "{}  {}", code.code, code.title).ok();
        text
    })
}

fn explanation(code: &Code) -> String {
    let head = format!("{}: {}\n\n{}", code.code, code.title, wrapped(code.meaning));
    match code.example {
        Example::Files { .. } => {
            let difference = code.example.difference();
            let lines = difference.lines().map(|line| format!("    {line}"));
            let indented = lines.collect::<Vec<_>>().join("\n");
            format!("{head}\nFor example, and how to mend it:\n\n{indented}\n")
        }
        Example::Absence => head,
    }
}

/// Text on lines that a terminal can show.
fn wrapped(text: &str) -> String {
    let (mut lines, mut line) = (String::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push_str(&line);
            lines.push('\n');
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines + &line + "\n"
}
