//! Files of workspaces, byte for byte.
//!
//! Does not: know folders; a path is a name.

use rusqlite::{OptionalExtension, params};

use super::{Database, DatabaseError};
use crate::clock;
use crate::id::WorkspaceId;

/// A file as stored.
#[derive(Clone, Debug)]
pub(crate) struct FileRow {
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl Database {
    /// Writes a file, over a former one at the same path.
    pub(crate) fn write_file(
        &self,
        workspace: WorkspaceId,
        path: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO files (workspace_id, path, media_type, bytes, created_at)
                     VALUES (?, ?, ?, ?, ?)",
                )?
                .execute(params![workspace, path, media_type, bytes, clock::timestamp()])
                .map(drop)
        })
    }

    /// The file at `path`.
    pub(crate) fn file(&self, workspace: WorkspaceId, path: &str) -> Result<Option<FileRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT media_type, bytes FROM files WHERE workspace_id = ? AND path = ?")?
                .query_row(params![workspace, path], |row| {
                    Ok(FileRow { media_type: row.get(0)?, bytes: row.get(1)? })
                })
                .optional()
        })
    }

    /// The path of the first file that a workspace was given.
    pub(crate) fn first_path(&self, workspace: WorkspaceId) -> Result<Option<String>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT path FROM files WHERE workspace_id = ? ORDER BY rowid LIMIT 1")?
                .query_row([workspace], |row| row.get(0))
                .optional()
        })
    }
}
