//! An upload: a form with one file, whose bytes are made from a seed while they are sent.
//!
//! Nothing of it is held: what a file of 26 MB costs is a chunk at a time.
//!
//! Does not: send it.

use futures_util::stream;
use harness_model::action::RenderedUpload;
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::fmt::Write;

/// How many bytes are made at once.
const CHUNK: usize = 64 * 1024;

/// A form with one file.
#[derive(Debug, Clone)]
pub struct Upload {
    file: RenderedUpload,
    sha256: String,
    boundary: String,
}

impl Upload {
    /// Takes a file; its bytes are made once for their digest, and thrown away.
    pub fn new(file: RenderedUpload) -> Self {
        let mut digest = Sha256::new();
        for chunk in content(&file) {
            digest.update(&chunk);
        }
        let sha256 = hexadecimal(&digest.finalize());
        // The bytes are as good as random: that they hold this is as likely as guessing half of their digest.
        let boundary = format!("shakedown-{}", &sha256[..32]);
        Self { file, sha256, boundary }
    }

    /// The file.
    pub fn file(&self) -> &RenderedUpload {
        &self.file
    }

    /// The SHA-256 of its bytes, in small letters.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The media type of the form.
    pub(super) fn form_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The length of the form.
    pub(super) fn length(&self) -> u64 {
        (self.head().len() + self.tail().len()) as u64 + self.file.bytes
    }

    /// The form, made as it is read.
    pub(super) fn body(&self) -> reqwest::Body {
        let parts = std::iter::once(self.head().into_bytes())
            .chain(content(&self.file))
            .chain(std::iter::once(self.tail().into_bytes()));
        reqwest::Body::wrap_stream(stream::iter(parts.map(Ok::<_, Infallible>)))
    }

    /// What a recording shows of it: everything but the bytes.
    pub(super) fn shown(&self) -> String {
        let RenderedUpload { field, name, media_type, bytes, .. } = &self.file;
        format!("(a form: {field} = {name}, {media_type}, {bytes} bytes, sha256 {})", self.sha256)
    }

    fn head(&self) -> String {
        format!(
            "--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            self.boundary,
            quoted(&self.file.field),
            quoted(&self.file.name),
            quoted(&self.file.media_type),
        )
    }

    fn tail(&self) -> String {
        format!("\r\n--{}--\r\n", self.boundary)
    }
}

/// A text inside quotes of a form: what would end them, or the line, is escaped as browsers do it.
fn quoted(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// The bytes of a file, chunk by chunk: one block of noise, made by `SplitMix64` from the digest of the seed, and in each
/// chunk its number. So no two chunks are the same, and many cost little more than one.
fn content(file: &RenderedUpload) -> impl Iterator<Item = Vec<u8>> + Send + use<> {
    let block = noise(&file.seed);
    let (mut left, mut number) = (file.bytes, 0_u64);
    std::iter::from_fn(move || {
        let length = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let mut chunk = block[..length].to_vec();
        for (byte, of_number) in chunk.iter_mut().zip(number.to_le_bytes()) {
            *byte ^= of_number;
        }
        (left, number) = (left - length as u64, number + 1);
        (length > 0).then_some(chunk)
    })
}

/// A chunk of noise.
fn noise(seed: &str) -> Vec<u8> {
    let seed = Sha256::digest(seed.as_bytes());
    let mut state = seed.iter().take(8).fold(0_u64, |state, byte| state << 8 | u64::from(*byte));
    let mut block = Vec::with_capacity(CHUNK);
    while block.len() < CHUNK {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        block.extend_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    block
}

/// Bytes in hexadecimal, in small letters.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, Upload, content, quoted};
    use harness_model::action::RenderedUpload;

    fn file(name: &str, bytes: u64) -> RenderedUpload {
        let seed = format!("3f9a/files/{name}");
        let (field, media_type) = ("files".to_owned(), "image/png".to_owned());
        RenderedUpload { field, name: name.to_owned(), media_type, bytes, seed }
    }

    #[test]
    fn a_file_is_as_long_as_it_was_asked_for_and_the_same_each_time() {
        let chunk = CHUNK as u64;
        for bytes in [0, 1, 7, 8, 9, chunk - 1, chunk, chunk + 1, 3 * chunk + 5] {
            let made = |name: &str| content(&file(name, bytes)).collect::<Vec<_>>().concat();
            assert_eq!(made("a").len() as u64, bytes);
            assert_eq!(made("a"), made("a"));
            assert_eq!(made("a") == made("b"), bytes == 0, "{bytes}");
        }
    }

    #[test]
    fn no_two_chunks_are_the_same() {
        let mut chunks: Vec<Vec<u8>> = content(&file("a", 300 * CHUNK as u64)).collect();
        chunks.sort();
        chunks.dedup();
        assert_eq!(chunks.len(), 300);
    }

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        assert_eq!(
            Upload::new(file("a", 0)).sha256(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        let (one, other) = (Upload::new(file("a", 1000)), Upload::new(file("b", 1000)));
        assert_ne!(one.sha256(), other.sha256());
        assert_eq!(one.sha256(), Upload::new(file("a", 1000)).sha256());
    }

    #[test]
    fn a_recording_shows_everything_but_the_bytes() {
        let upload = Upload::new(file("p.png", 3));
        let expected = format!("(a form: files = p.png, image/png, 3 bytes, sha256 {})", upload.sha256());
        assert_eq!(upload.shown(), expected);
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(quoted("a\"b\r\nc"), "a%22b%0D%0Ac");
    }
}
