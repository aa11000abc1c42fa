//! `and` and `or` at the top of a condition, for conditions of which one side cannot be decided.
//!
//! Does not: evaluate. Whatever else stands in the text is left as it is.

/// The sides of a condition.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sides<'a> {
    /// One of them is enough.
    Any(Vec<&'a str>),
    /// All of them must hold.
    All(Vec<&'a str>),
    /// There are none.
    One,
}

/// Takes a condition apart at its weakest connective, outside quotes and brackets.
pub(crate) fn sides(condition: &str) -> Sides<'_> {
    let text = bare(condition);
    if split(text, "if").len() > 1 {
        return Sides::One;
    }
    let any = split(text, "or");
    if any.len() > 1 {
        return Sides::Any(any);
    }
    let all = split(text, "and");
    if all.len() > 1 || text.len() < condition.trim().len() { Sides::All(all) } else { Sides::One }
}

/// A condition without the brackets around the whole of it.
fn bare(condition: &str) -> &str {
    let text = condition.trim();
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    inner.filter(|inner| depths(inner).all(|(_, _, depth)| depth >= 0)).map_or(text, str::trim)
}

/// The parts of a text between the places where a word stands alone, outside quotes and brackets.
fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
    let (mut parts, mut start, mut before) = (Vec::new(), 0, ' ');
    for (position, letter, depth) in depths(text) {
        let stands_alone = depth == 0
            && position >= start
            && !is_name(before)
            && text[position..].strip_prefix(word).is_some_and(|rest| !rest.starts_with(is_name));
        if stands_alone {
            parts.push(text[start..position].trim());
            start = position + word.len();
        }
        before = letter;
    }
    parts.push(text[start..].trim());
    parts
}

/// Every letter outside quotes, with its position and how many brackets are open there.
fn depths(text: &str) -> impl Iterator<Item = (usize, char, i32)> {
    let (mut depth, mut quote) = (0, None);
    text.char_indices().filter_map(move |(position, letter)| {
        match (quote, letter) {
            (Some(end), _) => {
                if letter == end {
                    quote = None;
                }
                return None;
            }
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, _) => {}
        }
        quote.is_none().then_some((position, letter, depth))
    })
}

#[cfg(test)]
mod tests {
    use super::{Sides, sides};

    #[test]
    fn the_weakest_connective_outside_quotes_and_brackets_comes_first() {
        assert_eq!(sides("a == 1 and b or c"), Sides::Any(vec!["a == 1 and b", "c"]));
        assert_eq!(sides("a == ' or ' and (b or c)"), Sides::All(vec!["a == ' or '", "(b or c)"]));
        assert_eq!(sides("(a or b)"), Sides::Any(vec!["a", "b"]));
        assert_eq!(sides("(a) or (b)"), Sides::Any(vec!["(a)", "(b)"]));
        assert_eq!(sides("order == 'x' | band"), Sides::One);
        assert_eq!(sides("body.or == 1"), Sides::One);
        assert_eq!(sides("(a == 1)"), Sides::All(vec!["a == 1"]));
        assert_eq!(sides("a if b or c else d"), Sides::One);
    }
}
