//! As much of a certificate as people ask about: whom it names, who signed it, and from when to when it counts.
//!
//! Does not: check anything. What cannot be read is not shown.
//!
//! *Source*: RFC 5280, section 4.1; X.690 for the encoding.

use crate::net::text::printable;
use harness_model::edge::Certificate;

const SEQUENCE: u8 = 0x30;
const OBJECT: u8 = 0x06;
/// The version of a certificate, which the oldest ones do not have.
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The attributes of a name that are shown, by the last byte of `2.5.4.x`.
const ATTRIBUTES: [(u8, &str); 3] = [(3, "CN"), (10, "O"), (11, "OU")];
/// What is shown of one attribute.
const LONGEST: usize = 64;

/// Reads a certificate.
pub(super) fn certificate(bytes: &[u8]) -> Option<Certificate> {
    let (whole, _) = tagged(bytes, SEQUENCE)?;
    let (signed, _) = tagged(whole, SEQUENCE)?;
    let rest = tagged(signed, VERSION).map_or(signed, |(_, rest)| rest);
    let (_, _serial, rest) = element(rest)?;
    let (_, _algorithm, rest) = element(rest)?;
    let (issuer, rest) = tagged(rest, SEQUENCE)?;
    let (validity, rest) = tagged(rest, SEQUENCE)?;
    let (subject, _) = tagged(rest, SEQUENCE)?;
    let (from, until) = time(validity)?;
    let (until, _) = time(until)?;
    Some(Certificate { subject: name(subject), issuer: name(issuer), from, until })
}

/// The next element: its tag, its content, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        // A certificate is shorter than what two bytes count; longer ones are not read.
        let (counted, rest) = rest.split_at_checked(usize::from(*first & 0x7f))?;
        let length = counted.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
        (Some(length).filter(|_| counted.len() <= 2)?, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

fn tagged(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    (tag == wanted).then_some((content, rest))
}

/// `CN=staging.example.com, O=Example`.
fn name(mut sets: &[u8]) -> String {
    let mut parts = Vec::new();
    while let Some((_, mut set, rest)) = element(sets) {
        sets = rest;
        while let Some((_, pair, rest)) = element(set) {
            set = rest;
            parts.extend(attribute(pair));
        }
    }
    if parts.is_empty() { "nobody".to_owned() } else { parts.join(", ") }
}

fn attribute(pair: &[u8]) -> Option<String> {
    let (object, rest) = tagged(pair, OBJECT)?;
    let (_, value, _) = element(rest)?;
    let last = object.strip_prefix(&[0x55, 0x04])?;
    let (_, word) = ATTRIBUTES.iter().find(|(known, _)| [*known] == *last)?;
    let text: String = String::from_utf8_lossy(value).chars().take(LONGEST).collect();
    Some(format!("{word}={}", printable(&text)))
}

/// `2026-01-01 00:00:00`, and what follows it.
fn time(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    let text = std::str::from_utf8(content).ok().filter(|text| text.is_ascii())?;
    let (year, of_year) = match tag {
        // Two digits count from 1950.
        UTC_TIME => {
            (format!("{}{}", if text.get(..2)? < "50" { "20" } else { "19" }, text.get(..2)?), text.get(2..)?)
        }
        GENERALIZED_TIME => (text.get(..4)?.to_owned(), text.get(4..)?),
        _ => return None,
    };
    let part = |at: usize| of_year.get(at..at + 2);
    let day = format!("{year}-{}-{}", part(0)?, part(2)?);
    Some((format!("{day} {}:{}:{}", part(4)?, part(6)?, part(8)?), rest))
}
