//! Who may reach whom, and what is told of it.
//!
//! Does not: act, like every list of faults.

macro_rules! access {
    ([$next:ident $($later:ident)*] $($before:tt)*) => {
        $next! { [$($later)*] $($before)*
            "access" {
                /// The revocation of a workspace's token answers 200; the token works on.
                RevokedTokenWorks => "revoked-token-works" at "DELETE /workspaces/:id/tokens/:token",
                /// The list of tokens shows all of a token in place of its beginning.
                TokenShown => "token-shown" at "POST /workspaces/:id/tokens",
                /// A tenant takes every bearer token for its admin's.
                TenantTokenUnchecked => "tenant-token-unchecked" at "every route of a tenant for its admin",
                /// The tenant guard lets everybody through, whatever organisation is named.
                TenantGuardOpen => "tenant-guard-open" at "every route of a tenant",
                /// The tenant guard answers 403, which tells that there is a tenant.
                TenantGuardForbids => "tenant-guard-forbids" at "every route of a tenant",
                /// The tenant guard answers 404 with a body, which tells that there is a tenant.
                TenantGuardSpeaks => "tenant-guard-speaks" at "every route of a tenant",
                /// The routes of a workspace take the token of any other workspace.
                ForeignTokenAccepted => "foreign-token-accepted" at "every route of a workspace",
                /// The admin's routes take the token of a workspace.
                WorkspaceTokenIsAdmin => "workspace-token-is-admin" at "every route of a tenant for its admin",
                /// The admin's routes take the admin token of another organisation.
                ForeignAdminAccepted => "foreign-admin-accepted" at "every route of a tenant for its admin",
                /// Messages pass between workspaces that the hierarchy keeps apart.
                HierarchyIgnored => "hierarchy-ignored" at "POST /workspaces/:id/a2a",
                /// A workspace is told that it has no peers.
                PeersEmpty => "peers-empty" at "GET /registry/:id/peers",
                /// A workspace is told that it is a peer of its own.
                PeersWithItself => "peers-with-itself" at "GET /registry/:id/peers",
                /// A workspace is told where any other is.
                DiscoverOpen => "discover-open" at "GET /registry/discover/:id",
                /// Whoever asks whether two workspaces may speak to each other is told that they may.
                AccessAlwaysAllowed => "access-always-allowed" at "POST /registry/check-access",
                /// `GET /admin/workspaces/:id/test-token` answers 401 to the admin.
                TestTokenRefused => "test-token-refused" at "GET /admin/workspaces/:id/test-token",
                /// `GET /workspaces/:id` shows the admin token of the tenant.
                AdminTokenShown => "admin-token-shown" at "GET /workspaces/:id",
            }
        }
    };
}

pub(super) use access;
