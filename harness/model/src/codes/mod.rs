//! What every code of a diagnostic means, an example that brings it about, and how to mend that.
//!
//! Adding one: an entry in the file of its hundred, with a fixture of `tests/language` as the wrong example and the
//! replacements that mend it. The tests say when an entry is missing, when its example does not give its code, and when
//! the mended one does not compile.
//!
//! Does not: find anything. `raw` and `validate` do.

mod e01;
mod e02;
mod e03;
mod e032;
mod e033;
mod e034;
mod e035;
mod e036;
mod e037;
mod e038;
mod e039;
mod e04;
mod e042;
mod e043;
mod e05;
mod e06;
mod e07;
mod e08;
mod e082;
mod e083;
mod e084;
mod e085;
mod e09;

use std::fmt::Write as _;

/// A code of a diagnostic, explained.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// The code: `E0311`.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// Why it is a mistake, and how to mend it.
    pub meaning: &'static str,
    /// A suite that has it.
    pub example: Example,
}

/// A suite with a mistake, and without it.
#[derive(Debug, Clone, Copy)]
pub enum Example {
    /// Files that have the mistake, and what to replace by what; every occurrence counts.
    Files {
        /// The files, each behind a line such as `#--- suite.toml`; the first is a scenario.
        wrong: &'static str,
        /// The replacements, in order.
        mend: &'static [(&'static str, &'static str)],
    },
    /// The mistake is the absence of a file, or only the platform can tell.
    Absence,
}

/// A fixture that does not compile.
macro_rules! invalid {
    ($name:literal, $mend:expr) => {
        crate::codes::Example::Files {
            wrong: include_str!(concat!("../../tests/language/invalid/", $name, ".toml")),
            mend: $mend,
        }
    };
}

/// A fixture that compiles with a warning.
macro_rules! warned {
    ($name:literal, $mend:expr) => {
        crate::codes::Example::Files {
            wrong: include_str!(concat!("../../tests/language/valid/", $name, ".toml")),
            mend: $mend,
        }
    };
}

use {invalid, warned};

/// Every code, in order.
pub fn all() -> impl Iterator<Item = &'static Code> {
    let hundreds = [
        e01::CODES,
        e02::CODES,
        e03::CODES,
        e032::CODES,
        e033::CODES,
        e034::CODES,
        e035::CODES,
        e036::CODES,
        e037::CODES,
        e038::CODES,
        e039::CODES,
        e04::CODES,
        e042::CODES,
        e043::CODES,
        e05::CODES,
        e06::CODES,
        e07::CODES,
        e08::CODES,
        e082::CODES,
        e083::CODES,
        e084::CODES,
        e085::CODES,
        e09::CODES,
    ];
    hundreds.into_iter().flatten()
}

/// A code by its name, in whatever case.
pub fn find(name: &str) -> Option<&'static Code> {
    all().find(|code| code.code.eq_ignore_ascii_case(name))
}

impl Example {
    /// The files without the mistake.
    pub fn mended(&self) -> Option<String> {
        match self {
            Self::Files { wrong, mend } => {
                Some(mend.iter().fold((*wrong).to_owned(), |text, (from, to)| text.replace(from, to)))
            }
            Self::Absence => None,
        }
    }

    /// What changes from wrong to right, as a difference of lines with a little around it.
    ///
    /// *Shape*: `- timeout = "30"`, `+ timeout = "30m"`
    pub fn difference(&self) -> String {
        const AROUND: usize = 3;
        const WIDTH: usize = 110;
        let (Self::Files { wrong, .. }, Some(right)) = (self, self.mended()) else { return String::new() };
        let (wrong, right): (Vec<&str>, Vec<&str>) = (wrong.lines().collect(), right.lines().collect());
        let same = |one: &(&&str, &&str)| one.0 == one.1;
        let start = wrong.iter().zip(&right).take_while(same).count();
        let longest = wrong.len().min(right.len()) - start;
        let end = wrong.iter().rev().zip(right.iter().rev()).take(longest).take_while(same).count();
        let is_file = |line: &&&str| line.starts_with("#--- ");
        let file = wrong[..start].iter().rev().find(is_file).copied();
        // A line that begins a file is named above, and another file does not belong here.
        let from = wrong[..start].iter().rposition(|line| is_file(&line)).map_or(0, |line| line + 1);
        let from = from.max(start.saturating_sub(AROUND));
        let after = &wrong[wrong.len() - end..];
        let after = after.iter().take(AROUND).take_while(|line| !is_file(line) && !line.is_empty());
        let marked = wrong[from..start].iter().skip_while(|line| line.is_empty()).map(|line| (' ', line));
        let marked = marked.chain(wrong[start..wrong.len() - end].iter().map(|line| ('-', line)));
        let marked = marked.chain(right[start..right.len() - end].iter().map(|line| ('+', line)));
        let mut text = String::new();
        if let Some(file) = file {
            text.push_str(file);
            text.push('\n');
        }
        for (mark, line) in marked.chain(after.map(|line| (' ', line))) {
            let cut: String = line.chars().take(WIDTH).collect();
            let dots = if cut.len() < line.len() { " …" } else { "" };
            // Writing to a text does not fail.
            writeln!(text, "{}", format!("{mark} {cut}{dots}").trim_end()).ok();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{all, find};

    #[test]
    fn codes_are_in_order_and_each_is_there_once() {
        // An error and a warning may share a number.
        let numbers: Vec<(&str, &str)> = all().map(|code| (&code.code[1..], &code.code[..1])).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    }

    #[test]
    fn a_code_is_found_however_it_is_spelt_and_shows_what_changes() {
        let code = find("e0203").expect("a code");
        assert_eq!(
            code.example.difference(),
            "  [scenario]\n  name    = \"sample\"\n- timeout = \"30\"\n+ timeout = \"30m\"\n"
        );
        assert!(find("E9999").is_none());
    }
}
