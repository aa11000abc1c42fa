//! Fixtures, mutated: whatever comes of them, the compiler ends with a suite or with findings that have a place.
//!
//! Does not: judge which findings. The fixtures themselves do.

use crate::fixture::{Fixture, files, text};
use harness_model::diagnostic::Diagnostic;
use harness_model::source::SuiteText;
use harness_model::validate::compile;
use miette::Diagnostic as _;
use std::path::Path;

/// A random number generator (splitmix), so that a seed tells everything.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % (sides.max(1) as u64)).unwrap()
    }
}

/// Words that hurt.
const NASTY: [&str; 24] = [
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "=",
    "{{",
    "}}",
    "{%",
    "%}",
    "#",
    "\n",
    "\u{1b}[31m",
    "\u{feff}",
    "\u{202e}",
    "\r",
    "-1",
    "99999999999999999999",
    "nan",
    "1e999",
    "\u{0}",
    "\\u0000",
    "a.a.a",
];

/// The parts of a text: words, and everything between them one letter at a time.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut in_word = false;
    for letter in text.chars() {
        let is_word = letter.is_alphanumeric() || letter == '_';
        match tokens.last_mut().filter(|_| is_word && in_word) {
            Some(last) => last.push(letter),
            None => tokens.push(letter.to_string()),
        }
        in_word = is_word;
    }
    tokens
}

/// A mutation of a text, with parts of another one.
fn mutated(text: &str, other: &str, dice: &mut Dice) -> String {
    let by_lines = dice.roll(3) == 0;
    let split = |text: &str| -> Vec<String> {
        if by_lines { text.split_inclusive('\n').map(str::to_owned).collect() } else { tokens(text) }
    };
    let (mut parts, others) = (split(text), split(other));
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(parts.len());
        match dice.roll(6) {
            _ if parts.is_empty() => parts.push("[scenario]".to_owned()),
            0 => drop(parts.remove(at)),
            1 => parts.insert(at, parts[at].clone()),
            2 => {
                let with = dice.roll(parts.len());
                parts.swap(at, with);
            }
            3 => parts.insert(at, NASTY[dice.roll(NASTY.len())].to_owned()),
            4 if !others.is_empty() => parts.insert(at, others[dice.roll(others.len())].clone()),
            4 => {}
            _ => {
                parts.truncate(at);
                parts.extend(others.iter().skip(dice.roll(others.len())).cloned());
            }
        }
    }
    parts.concat()
}

fn told(text: &SuiteText) -> Vec<String> {
    let line = |finding: &Diagnostic| {
        let place = finding.labels().and_then(|mut labels| labels.next()).map(|label| label.offset());
        format!("{} {finding} {place:?}", finding.stable_code())
    };
    match compile(text) {
        Ok(suite) => suite.warnings.iter().map(line).collect(),
        Err(findings) => {
            assert!(findings.has_errors(), "nothing compiled, and nothing is wrong");
            findings.iter().inspect(|finding| is_shown(finding)).map(line).collect()
        }
    }
}

/// A finding has a code, a place inside its text, and can be drawn without commanding a terminal.
fn is_shown(finding: &Diagnostic) {
    assert!(finding.stable_code().len() == 5, "{finding}");
    let mut rendered = String::new();
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
    handler.render_report(&mut rendered, finding).unwrap();
    let commands = |letter: char| letter.is_control() && letter != '\n';
    assert!(!rendered.contains(commands), "{rendered:?}");
    if finding.stable_code() != "E0102" {
        let label = finding.labels().and_then(|mut labels| labels.next()).expect("a place");
        let span = *label.inner();
        let text = finding.source_code().expect("a text");
        assert!(text.read_span(&span, 0, 0).is_ok(), "{finding} is out of its text");
    }
}

fn attack(seeds: std::ops::Range<u64>) -> (usize, usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/valid");
    let mut paths = files(&folder);
    paths.sort();
    let fixtures: Vec<String> = paths.iter().map(|path| text(path)).collect();
    let (mut valid, mut invalid) = (0, 0);
    for seed in seeds {
        let mut dice = Dice(seed);
        let (one, other) = (dice.roll(fixtures.len()), dice.roll(fixtures.len()));
        let mutation = mutated(&fixtures[one], &fixtures[other], &mut dice);
        // What a plan is made with is not under attack.
        let mutation = mutation.split("#--- around.toml").next().unwrap_or_default();
        let result = std::panic::catch_unwind(|| {
            let suite = Fixture::parse(mutation).suite;
            let first = told(&suite);
            assert_eq!(first, told(&suite), "compiled twice");
            first.iter().any(|line| line.starts_with('E'))
        });
        match result {
            Ok(true) => invalid += 1,
            Ok(false) => valid += 1,
            Err(panic) => {
                let shown = panic.downcast_ref::<String>();
                panic!("seed {seed} of {}: {shown:?}\n{mutation}", paths[one].display())
            }
        }
    }
    (valid, invalid)
}

#[test]
fn a_mutated_fixture_compiles_or_says_where_it_is_wrong() {
    let (valid, invalid) = attack(0..1500);
    // Both ways are taken, or nothing was attacked.
    assert!(valid > 50 && invalid > 500, "{valid} valid, {invalid} not");
}

#[test]
#[ignore = "an hour's worth of the one above, for whoever changed the compiler"]
fn a_million_mutated_fixtures_compile_or_say_where_they_are_wrong() {
    let (valid, invalid) = attack(1_000_000..2_000_000);
    assert_eq!(valid + invalid, 1_000_000);
}
