//! What a workspace has: memories, files, secrets, approvals, configuration.
//!
//! Does not: act, like every list of faults.

macro_rules! having {
    ([$next:ident $($later:ident)*] $($before:tt)*) => {
        $next! { [$($later)*] $($before)*
            "having" {
                /// `POST /workspaces/:id/memories` answers 201; nothing is remembered.
                MemoryLost => "memory-lost" at "POST /workspaces/:id/memories",
                /// The deletion of a memory answers 200; the memory stays.
                MemoryDeleteDoesNothing => "memory-delete-does-nothing" at "DELETE /workspaces/:id/memories/:memory",
                /// Credentials in a memory are not taken out.
                MemoryKeepsSecrets => "memory-keeps-secrets" at "POST /workspaces/:id/memories",
                /// A write to the key-value memory does not look at `if_match_version`.
                KvIgnoresVersion => "kv-ignores-version" at "POST /workspaces/:id/memory",
                /// The 409 of the key-value memory does not say which version was expected, and which one is there.
                KvConflictWithoutVersions => "kv-conflict-without-versions" at "POST /workspaces/:id/memory",
                /// Half of an uploaded file is kept, and the whole of it acknowledged.
                UploadTruncated => "upload-truncated" at "POST /workspaces/:id/chat/uploads",
                /// A file of any size is taken.
                UploadUnlimited => "upload-unlimited" at "POST /workspaces/:id/chat/uploads",
                /// A download gives the first file that the workspace was given, whichever is asked for.
                DownloadOfAnother => "download-of-another" at "GET /workspaces/:id/chat/download",
                /// The list of secrets shows their values.
                SecretValueShown => "secret-value-shown" at "GET /workspaces/:id/secrets",
                /// The deletion of a secret answers 200; the secret stays.
                SecretDeleteDoesNothing => "secret-delete-does-nothing" at "DELETE /workspaces/:id/secrets/:key",
                /// The decision of an approval answers 200; the approval stays pending.
                ApprovalDecidesNothing => "approval-decides-nothing" at "POST /workspaces/:id/approvals/:approval/decide",
                /// `PUT /workspaces/:id/files/config.yaml` answers 200; nothing is written.
                ConfigLost => "config-lost" at "PUT /workspaces/:id/files/config.yaml",
            }
        }
    };
}

pub(super) use having;
