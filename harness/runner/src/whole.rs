//! Files that are there whole or not at all, whenever the process dies.
//!
//! Does not: decide whether a file may be replaced.

use std::fs;
use std::io;
use std::path::Path;

/// Writes a file beside its place and moves it there. What is no plain file, such as `/dev/stdout`, is written where it
/// is; a link is followed. A pipe somewhere else is refused: who opens it waits for a reader who may never come.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let is_of_system = ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder));
    if !is_of_system && fs::metadata(path).is_ok_and(|found| is_pipe(&found)) {
        return Err(io::Error::other("it is a pipe, which nobody may ever read: name a file"));
    }
    let path = &fs::canonicalize(path).unwrap_or_else(|_not_there| path.to_owned());
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return fs::write(path, bytes);
    }
    let mut beside = path.file_name().unwrap_or_default().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is left of an attempt must not be taken for a file; that it failed is what is told.
        fs::remove_file(&beside).ok();
    }
    written
}

#[cfg(unix)]
fn is_pipe(found: &fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&found.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_found: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::write;
    use std::fs;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        write(&path, b"a longer text").unwrap();
        write(&path, b"short").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"short");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_keeps_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(folder.path(), b"text").is_err());
        assert!(write(&folder.path().join("none/plan.json"), b"text").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_one_and_what_it_leads_to_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
