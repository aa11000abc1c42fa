//! Bearer tokens: minted from the system's randomness, compared and stored as digests.
//!
//! Does not: decide who may do what; that is `tiers`.

use sha2::{Digest, Sha256};

/// How much of a token may be shown to tell tokens apart.
const PREFIX: usize = 8;

/// A fresh token of 32 random bytes in lowercase hexadecimal.
///
/// *Errors*: the system's randomness is unavailable.
pub(crate) fn mint() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hexadecimal(&bytes))
}

/// The SHA-256 of `token`: what the database keeps of a workspace's token.
pub(crate) fn digest(token: &str) -> String {
    hexadecimal(&Sha256::digest(token.as_bytes()))
}

/// The part of `token` that may be shown.
pub(crate) fn prefix(token: &str) -> &str {
    token.get(..PREFIX).unwrap_or(token)
}

/// Whether two tokens are the same; digests are compared, so that timing tells nothing about the token itself.
pub(crate) fn same(presented: &str, expected: &str) -> bool {
    digest(presented) == digest(expected)
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}

#[cfg(test)]
mod tests {
    use super::{digest, mint, prefix, same};

    #[test]
    fn digests_are_the_published_sha_256() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn two_minted_tokens_differ_and_equal_only_themselves() {
        let (first, second) = (mint().unwrap(), mint().unwrap());
        assert_eq!(first.len(), 64);
        assert!(same(&first, &first));
        assert!(!same(&first, &second));
        assert_eq!(prefix(&first), &first[..8]);
    }
}
