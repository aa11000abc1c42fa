//! How our own types are written into columns and read back.
//!
//! Does not: know any table.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};

use super::{Progress, Standing};
use crate::id::{DelegationId, OrgId, QueueId, WorkspaceId};
use crate::state::Status;

macro_rules! written_as_text {
    ($($type:ty),+) => {
        $(
            impl ToSql for $type {
                fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                    Ok(ToSqlOutput::from(self.to_string()))
                }
            }

            impl FromSql for $type {
                fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                    value.as_str()?.parse().map_err(FromSqlError::other)
                }
            }
        )+
    };
}

written_as_text!(DelegationId, OrgId, WorkspaceId, QueueId, Status, Progress, Standing);
