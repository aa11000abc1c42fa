//! A file that has whole lines only, also after a disk that was full for a moment.
//!
//! Does not: know what a line says.

use std::fs::File;
use std::io::{self, Write};

/// Something that is written at its end, and can be cut.
pub(crate) trait Cut: Write {
    /// Takes away what stands behind so many bytes.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Cut for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// Lines, each of which is there whole or not at all.
#[derive(Debug)]
pub(crate) struct Lines<F> {
    file: F,
    /// Where the last whole line ends.
    whole: u64,
}

impl<F: Cut> Lines<F> {
    /// Goes on behind so many bytes of whole lines.
    pub(crate) fn after(whole: u64, file: F) -> Self {
        Self { file, whole }
    }

    /// Writes a line with its end. One that comes to the file only in part would make what follows it illegible, so that
    /// part is cut off.
    ///
    /// *Errors*: the line is not there.
    pub(crate) fn append(&mut self, line: &[u8]) -> io::Result<()> {
        match self.file.write_all(line) {
            Ok(()) => {
                self.whole += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                // Where even that fails, the next line fails as well: it is the same disk.
                self.file.cut(self.whole).ok();
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cut, Lines};
    use std::io::{self, Write};

    /// A disk with so much room.
    struct Disk {
        bytes: Vec<u8>,
        room: usize,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.room - self.bytes.len());
            self.bytes.extend_from_slice(&bytes[..taken]);
            if taken == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Cut for Disk {
        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.bytes.truncate(usize::try_from(length).map_err(io::Error::other)?);
            Ok(())
        }
    }

    #[test]
    fn what_a_full_disk_tore_is_cut_off_and_what_follows_stands_on_a_line_of_its_own() {
        let mut lines = Lines::after(6, Disk { bytes: b"first\n".to_vec(), room: 14 });
        lines.append(b"second\n").unwrap();
        assert_eq!(lines.append(b"third\n").unwrap_err().kind(), io::ErrorKind::StorageFull);
        lines.file.room = 100;
        lines.append(b"fourth\n").unwrap();
        assert_eq!(String::from_utf8_lossy(&lines.file.bytes), "first\nsecond\nfourth\n");
    }
}
