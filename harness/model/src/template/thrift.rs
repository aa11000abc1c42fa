//! Thrift: what a text of the language may say, so that what it costs follows from its length and from its input.
//!
//! The evaluator counts steps, and a step that joins, repeats or names text can double it. So what is named is made of
//! one path, which makes growth a matter of the filters, and those are [`metered`](super::meter).
//!
//! Does not: parse, or evaluate.

use super::LONGEST_INLINE;
use std::ops::Range;

/// More pieces than a payload needs; each `{% set %}` may put one list into another.
const MOST_PIECES: usize = 1000;
/// Each `{% elif %}` of a template goes deeper into the stack.
const MOST_WAYS: usize = 64;
/// What `*` may repeat: seconds of an hour, and short enough for text.
const MOST_TIMES: u64 = 3600;
/// Each `~` and `+` copies everything on its left.
const MOST_JOINS: usize = 64;
/// The statements of the language; others capture what they print, or call themselves.
const STATEMENTS: [&str; 11] =
    ["if", "elif", "else", "endif", "for", "endfor", "set", "with", "endwith", "include", "raw"];
/// Words that read nothing.
const WORDS: [&str; 13] =
    ["in", "and", "or", "not", "is", "if", "else", "true", "false", "none", "True", "False", "None"];

/// What a text says that could cost more than anyone has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excess {
    /// What it is.
    pub(crate) message: String,
    /// How to mend it.
    pub(crate) help: &'static str,
    /// Where it stands in the text.
    pub(crate) span: Range<usize>,
}

/// Checks an expression.
pub(crate) fn expression(text: &str) -> Result<(), Excess> {
    let (tokens, _) = tokens(text, 0, None);
    operators(&tokens, &(0..text.len()))
}

/// Checks a template.
pub(super) fn template(text: &str) -> Result<(), Excess> {
    let (mut at, mut pieces, mut ways) = (0, 0, 0);
    while let Some(start) = next_piece(text, at) {
        if text[start..].starts_with("{#") {
            let Some(end) = text[start..].find("#}") else { return Ok(()) };
            at = start + end + 2;
            continue;
        }
        let is_statement = text[start..].starts_with("{%");
        let (tokens, end) = tokens(text, start + 2, Some(if is_statement { "%}" } else { "}}" }));
        let piece = start..end;
        pieces += 1;
        if pieces > MOST_PIECES {
            let message = format!("more than {MOST_PIECES} values and statements in one template");
            return Err(Excess { message, help: "loop over a list, or split the template", span: piece });
        }
        if end - start > LONGEST_INLINE {
            let message = format!("{} bytes between braces, {LONGEST_INLINE} at most", end - start);
            return Err(Excess { message, help: "move text out of the braces", span: start..start + 2 });
        }
        at = end;
        if is_statement {
            let word = statement(&tokens, &piece)?;
            if word == "raw" {
                at = after_raw(text, end);
            }
            ways += usize::from(word == "elif");
            if ways > MOST_WAYS {
                let message = format!("more than {MOST_WAYS} `elif` in one template");
                return Err(Excess {
                    message,
                    help: "bind what differs in an arm, or split the template",
                    span: piece,
                });
            }
        }
        operators(&tokens, &piece)?;
    }
    Ok(())
}

/// Where the next value, statement or comment begins.
fn next_piece(text: &str, from: usize) -> Option<usize> {
    let braces = text[from..].match_indices('{').map(|(found, _)| from + found);
    let mut pieces =
        braces.filter(|start| matches!(text.as_bytes().get(start + 1), Some(b'{' | b'%' | b'#')));
    pieces.next()
}

/// Checks a statement; gives its first word.
fn statement<'a>(tokens: &[Token<'a>], piece: &Range<usize>) -> Result<&'a str, Excess> {
    let excess = |message: String, help| Err(Excess { message, help, span: piece.clone() });
    // A sign that eats spaces may stand before the word.
    let mut tokens = tokens.iter().skip_while(|token| matches!(token, Token::Sign('-' | '+')));
    let word = tokens.next().and_then(Token::word).unwrap_or_default();
    if !STATEMENTS.contains(&word) {
        let help =
            "there are if, for, set, with, include and raw; put what two templates need into a third one";
        return excess(format!("`{word}` is no statement of this language"), help);
    }
    if !matches!(word, "for" | "set" | "with") {
        return Ok(word);
    }
    let mut rest: Vec<&Token<'_>> = tokens.collect();
    let assigns = |token: &&Token<'_>| match word {
        "for" => token.word() == Some("in"),
        _ => matches!(token, Token::Sign('=')),
    };
    let help = "name one path, with filters, and join where it is written: {{ prefix ~ name }}";
    let Some(position) = rest.iter().position(assigns) else {
        return if word == "with" { Ok(word) } else { excess(format!("`{word}` must name one value"), help) };
    };
    let bound = rest.split_off(position + 1);
    if bound.iter().any(|token| token.word() == Some("recursive")) {
        return excess("a loop that calls itself".to_owned(), "nest a loop for each level");
    }
    if reads(&bound) > 1 || bound.iter().any(|token| matches!(token, Token::Sign('~' | '*' | '+'))) {
        return excess(format!("`{word}` names something that is made of several values"), help);
    }
    Ok(word)
}

/// How many values these tokens read: what follows a dot, a pipe or `is` is a part, a filter or a test, what stands
/// before `(` or `=` is a function or an option.
fn reads(tokens: &[&Token<'_>]) -> usize {
    let is_read = |position: usize| {
        let Some(word) = tokens[position].word() else { return false };
        let before = position.checked_sub(1).and_then(|before| tokens.get(before));
        let is_part =
            before.is_some_and(|token| matches!(token, Token::Sign('.' | '|')) || token.word() == Some("is"));
        let is_name = matches!(tokens.get(position + 1), Some(Token::Sign('(' | '=')));
        !is_part && !is_name && !WORDS.contains(&word)
    };
    (0..tokens.len()).filter(|position| is_read(*position)).count()
}

fn operators(tokens: &[Token<'_>], piece: &Range<usize>) -> Result<(), Excess> {
    let excess = |message: &str, help| Err(Excess { message: message.to_owned(), help, span: piece.clone() });
    let times: Vec<usize> =
        (0..tokens.len()).filter(|position| matches!(tokens[*position], Token::Sign('*'))).collect();
    let joins = tokens.iter().filter(|token| matches!(token, Token::Sign('~' | '+'))).count();
    let is_small = |position: Option<usize>| {
        position.and_then(|position| tokens.get(position)).is_some_and(|token| match token {
            Token::Number(digits) => digits.parse().is_ok_and(|number: u64| number <= MOST_TIMES),
            Token::Word(_) | Token::Text | Token::Sign(_) => false,
        })
    };
    match times[..] {
        [] => {}
        [one] if is_small(one.checked_sub(1)) || is_small(Some(one + 1)) => {}
        _ => {
            let help = "multiply once, by a number of at most 3600 that is written there: minutes * 60";
            return excess("`*` could repeat a text without end", help);
        }
    }
    if joins > MOST_JOINS {
        return excess("more than 64 values are joined here", "use a filter: [a, b] | join");
    }
    Ok(())
}

/// A part of a piece.
enum Token<'a> {
    Word(&'a str),
    Number(&'a str),
    Text,
    Sign(char),
}

impl<'a> Token<'a> {
    fn word(&self) -> Option<&'a str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Number(_) | Self::Text | Self::Sign(_) => None,
        }
    }
}

/// The tokens from a place on, to what closes them or the end of the text, and where that is.
fn tokens<'a>(text: &'a str, start: usize, close: Option<&str>) -> (Vec<Token<'a>>, usize) {
    let (mut tokens, mut at, mut balance) = (Vec::new(), start, 0_i64);
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        // As the evaluator has it: what is open must be closed first.
        if balance == 0 && close.is_some_and(|close| rest.starts_with(close)) {
            return (tokens, at + 2);
        }
        balance += match letter {
            '(' | '[' | '{' => 1,
            ')' | ']' | '}' => -1,
            _ => 0,
        };
        let mut length = letter.len_utf8();
        if matches!(letter, '"' | '\'') {
            length = quoted(rest, letter);
            tokens.push(Token::Text);
        } else if is_word(letter) {
            length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            let word = &rest[..length];
            tokens.push(if letter.is_ascii_digit() { Token::Number(word) } else { Token::Word(word) });
        } else if rest.starts_with("==")
            || rest.starts_with("!=")
            || rest.starts_with("<=")
            || rest.starts_with(">=")
        {
            length = 2;
            tokens.push(Token::Sign('?'));
        } else if !letter.is_whitespace() {
            tokens.push(Token::Sign(letter));
        }
        at += length;
    }
    (tokens, text.len())
}

/// The length of a text in quotes, its quotes included.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (position, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return position + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Where the text goes on after `{% endraw %}`.
fn after_raw(text: &str, start: usize) -> usize {
    let ends = text[start..].match_indices("{%").map(|(found, _)| start + found);
    let mut ends =
        ends.filter(|end| text[end + 2..].trim_start_matches(['-', '+']).trim_start().starts_with("endraw"));
    let end = ends.next().and_then(|end| text[end..].find("%}").map(|close| end + close + 2));
    end.unwrap_or(text.len())
}
