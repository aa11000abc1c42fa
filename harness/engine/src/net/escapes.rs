//! Escapes: the same text with percent, JSON or HTML escapes undone, and the way back to where it was written.
//!
//! Whoever writes a secret down may escape any part of it, in either case of hexadecimal, twice or in two manners; so
//! what is undone is searched, instead of every way to write it being listed. So is what stands without its line breaks.
//!
//! Does not: know secrets.

use std::ops::Range;

/// How deep escapes may lie in each other: JSON in JSON in a URL.
const DEEPEST: u32 = 3;
/// The longest character reference of HTML that is undone: `&#x10FFFF;`.
const LONGEST_REFERENCE: usize = 10;

/// Bytes, with the place in the original from which each of them comes.
#[derive(Debug)]
pub(super) struct View {
    /// The bytes.
    pub(super) bytes: Vec<u8>,
    /// Where each was written; nothing for the original itself.
    origins: Option<Vec<Range<usize>>>,
}

/// What an escape stands for.
enum Unit {
    Byte(u8),
    Letter(char),
}

/// Reads an escape at the beginning of bytes; gives what it stands for and how long it is.
type Reader = fn(&[u8]) -> Option<(Unit, usize)>;

/// Every manner of escaping: the byte that begins it, and its reader.
const MANNERS: [(u8, Reader); 3] = [(b'%', percent), (b'\\', backslash), (b'&', reference)];

impl View {
    fn place(&self, position: usize) -> Range<usize> {
        match &self.origins {
            Some(origins) => origins[position].clone(),
            None => position..position + 1,
        }
    }

    /// Where a range of the view was written.
    pub(super) fn origin(&self, range: Range<usize>) -> Range<usize> {
        self.place(range.start).start..self.place(range.end - 1).end
    }

    /// The view without its line breaks and the space behind them; none when it has none.
    fn joined(&self) -> Option<Self> {
        self.bytes.iter().position(|byte| *byte == b'\n')?;
        let mut is_behind = false;
        let kept = self.bytes.iter().enumerate().filter(|(_, byte)| {
            is_behind = matches!(byte, b'\n' | b'\r') || is_behind && matches!(byte, b' ' | b'\t');
            !is_behind
        });
        let (bytes, origins) = kept.map(|(position, byte)| (*byte, self.place(position))).unzip();
        Some(Self { bytes, origins: Some(origins) })
    }

    /// The view with one manner of escaping undone; none when it has no such escape.
    fn undone(&self, (lead, read): (u8, Reader)) -> Option<Self> {
        let mut at = self.bytes.iter().position(|byte| *byte == lead)?;
        at = (at..self.bytes.len()).find(|start| read(&self.bytes[*start..]).is_some())?;
        let mut bytes = self.bytes[..at].to_vec();
        let mut origins: Vec<Range<usize>> = (0..at).map(|position| self.place(position)).collect();
        while at < self.bytes.len() {
            let (unit, length) = read(&self.bytes[at..]).unwrap_or((Unit::Byte(self.bytes[at]), 1));
            let before = bytes.len();
            match unit {
                Unit::Byte(byte) => bytes.push(byte),
                Unit::Letter(letter) => {
                    bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            let origin = self.origin(at..at + length);
            origins.extend(std::iter::repeat_n(origin, bytes.len() - before));
            at += length;
        }
        Some(Self { bytes, origins: Some(origins) })
    }
}

/// Shows a text as it is, and with its escapes undone in every manner and order; each also without its line breaks.
pub(super) fn views(text: &str, look: &mut impl FnMut(&View)) {
    descend(&View { bytes: text.as_bytes().to_vec(), origins: None }, DEEPEST, look);
}

fn descend(view: &View, depth: u32, look: &mut impl FnMut(&View)) {
    look(view);
    view.joined().iter().for_each(&mut *look);
    if depth > 0 {
        let undone = MANNERS.into_iter().filter_map(|manner| view.undone(manner));
        undone.for_each(|deeper| descend(&deeper, depth - 1, look));
    }
}

/// `%2F`
fn percent(bytes: &[u8]) -> Option<(Unit, usize)> {
    let [b'%', digits @ ..] = bytes else { return None };
    Some((Unit::Byte(u8::try_from(hexadecimal(digits.get(..2)?)?).ok()?), 3))
}

/// `\"`, `\/`, `\n`, `\u002f`, a pair of surrogates, and what debuggers write: `\x2f`, `\u{2f}`.
fn backslash(bytes: &[u8]) -> Option<(Unit, usize)> {
    let [b'\\', kind, rest @ ..] = bytes else { return None };
    let letter = match kind {
        b'"' | b'\'' | b'\\' | b'/' => char::from(*kind),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'x' => return Some((Unit::Byte(u8::try_from(hexadecimal(rest.get(..2)?)?).ok()?), 4)),
        b'u' if rest.first() == Some(&b'{') => {
            let end = rest.iter().take(LONGEST_REFERENCE).position(|byte| *byte == b'}')?;
            return Some((Unit::Letter(char::from_u32(hexadecimal(&rest[1..end])?)?), end + 3));
        }
        b'u' => return unicode(rest),
        _ => return None,
    };
    Some((Unit::Letter(letter), 2))
}

fn unicode(digits: &[u8]) -> Option<(Unit, usize)> {
    let first = hexadecimal(digits.get(..4)?)?;
    if let Some(letter) = char::from_u32(first) {
        return Some((Unit::Letter(letter), 6));
    }
    let [b'\\', b'u', low @ ..] = digits.get(4..10)? else { return None };
    let pair = [u16::try_from(first).ok()?, u16::try_from(hexadecimal(low)?).ok()?];
    let letter = char::decode_utf16(pair).next()?.ok()?;
    Some((Unit::Letter(letter), 12))
}

/// `&quot;`, `&#34;`, `&#x22;`
fn reference(bytes: &[u8]) -> Option<(Unit, usize)> {
    let end = bytes.iter().take(LONGEST_REFERENCE).position(|byte| *byte == b';')?;
    let letter = match bytes.get(1..end)? {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hexadecimal(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(std::str::from_utf8(digits).ok()?.parse().ok()?)?,
        _ => return None,
    };
    Some((Unit::Letter(letter), end + 1))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::views;

    #[test]
    fn every_manner_is_undone_and_leads_back_to_where_it_was_written() {
        let table = [
            "a/b\"c",
            "a%2Fb%22c",
            "%61%2fb\"c",
            "a\\/b\\\"c",
            "\\u0061\\u002Fb\\u{22}c",
            "a\\x2fb&quot;c",
            "a&#47;b&#34;c",
            "&#x61;&#X2F;b&#x22;c",
            "a%252Fb%2522c",
            "a\\\\\\/b\\\\\\\"c",
            "a%2Fb\\u0022c",
            "a%5Cu002fb%26quot;c",
        ];
        for written in table {
            let text = format!("<\u{e9}{written}\u{e9}>");
            let mut found = None;
            views(&text, &mut |view| {
                let wanted = b"a/b\"c";
                if let Some(at) = view.bytes.windows(wanted.len()).position(|part| part == wanted) {
                    found = Some(view.origin(at..at + wanted.len()));
                }
            });
            assert_eq!(found.map(|range| &text[range]), Some(written));
        }
    }

    #[test]
    fn what_is_no_escape_stays_what_it_is() {
        for text in
            ["%", "%2", "%zz", "%+1", "\\", "\\q", "\\u12", "\\ud800", "\\u{110000}", "&", "&;", "&x;"]
        {
            let mut seen = 0;
            views(text, &mut |view| {
                assert_eq!(view.bytes, text.as_bytes());
                seen += 1;
            });
            assert_eq!(seen, 1, "{text}");
        }
    }
}
