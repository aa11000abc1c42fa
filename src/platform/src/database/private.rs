//! Privacy: what holds tokens is nobody's but its owner's.
//!
//! Does not: take anything away from a directory that was there before; its files are closed all the same.

use std::fs::{DirBuilder, OpenOptions, Permissions, set_permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// What a directory that is made here allows: everything, to its owner.
const DIRECTORY: u32 = 0o700;
/// What a file allows: to be read and written by its owner.
const FILE: u32 = 0o600;
/// What `SQLite` keeps beside a database, with the permissions of the database when it makes it.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Makes a directory, if it is not there.
pub(super) fn directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(DIRECTORY).create(path)
}

/// Makes the file of a database, if it is not there, and closes it and its companions to others.
pub(super) fn file(path: &Path) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).mode(FILE).open(path)?;
    set_permissions(path, Permissions::from_mode(FILE))?;
    for companion in COMPANIONS {
        let mut name = path.as_os_str().to_owned();
        name.push(companion);
        match set_permissions(Path::new(&name), Permissions::from_mode(FILE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, metadata, read_dir, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use crate::database::Database;

    fn mode(path: &Path) -> u32 {
        metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn nobody_else_reads_a_database_not_even_one_that_was_open_to_all() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("platform");
        for _ in 0..2 {
            let database = Database::open(Some(&directory)).unwrap();
            database.set("admin-token", "canary").unwrap();
            assert_eq!(mode(&directory), 0o700);
            let files: Vec<_> = read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
            assert_eq!(files.len(), 3, "{files:?}");
            for file in &files {
                assert_eq!(mode(file), 0o600, "{}", file.display());
                set_permissions(file, Permissions::from_mode(0o644)).unwrap();
            }
            // As if it had been killed: its companions stay.
            std::mem::forget(database);
        }
    }

    #[test]
    fn a_directory_that_was_there_stays_as_open_as_it_was() {
        let directory = tempfile::tempdir().unwrap();
        set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
        let database = Database::open(Some(directory.path())).unwrap();
        assert_eq!(mode(directory.path()), 0o755);
        assert_eq!(mode(&directory.path().join("platform.sqlite")), 0o600);
        drop(database);
    }
}
