//! Auth tiers: each one an extractor, so that a route's signature says who may call it.
//!
//! Does not: read bodies; a registry route, whose subject stands in its body, calls [`registry`] itself.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::audit::Door;
use crate::database::{DatabaseError, OrgRow};
use crate::fault::Fault;
use crate::id::WorkspaceId;
use crate::problem::Problem;
use crate::routes::Tenant;
use crate::system::System;
use crate::token;

/// Paths that the tenant guard lets through.
const EXEMPT: [&str; 4] = ["/health", "/metrics", "/registry/register", "/registry/heartbeat"];

/// The bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// Hides the tenant from everybody who does not name its organisation: an empty 404, never a 403.
pub(crate) async fn guard(State(tenant): State<Arc<Tenant>>, request: Request, next: Next) -> Response {
    let faults = &tenant.system.faults;
    if passes(&tenant, &request) || faults.has(Fault::TenantGuardOpen) {
        next.run(request).await
    } else {
        let mut hidden = if faults.has(Fault::TenantGuardForbids) {
            StatusCode::FORBIDDEN.into_response()
        } else if faults.has(Fault::TenantGuardSpeaks) {
            Problem::not_found("organization not found").into_response()
        } else {
            StatusCode::NOT_FOUND.into_response()
        };
        hidden.extensions_mut().insert(Door::Hidden);
        hidden
    }
}

fn passes(tenant: &Tenant, request: &Request) -> bool {
    let path = request.uri().path();
    let named = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let id = tenant.org.to_string();
    EXEMPT.contains(&path)
        || path.starts_with("/cp/")
        || named("x-molecule-org-id") == Some(id.as_str())
        || named("fly-replay-src").is_some_and(|source| source.contains(&format!("state={id}")))
}

fn check_admin(headers: &HeaderMap, is_admin: impl FnOnce(&str) -> bool) -> Result<(), Problem> {
    match bearer(headers) {
        None => Err(Problem::unauthorized("admin auth required")),
        Some(presented) if is_admin(presented) => Ok(()),
        Some(_) => Err(Problem::unauthorized("invalid admin auth token")),
    }
}

/// The control plane's admin.
pub(crate) struct ControlAdmin;

impl FromRequestParts<Arc<System>> for ControlAdmin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, system: &Arc<System>) -> Result<Self, Problem> {
        check_admin(&parts.headers, |presented| token::same(presented, &system.admin_token)).map(|()| Self)
    }
}

/// The tenant's admin, or a token of the organisation.
pub(crate) struct TenantAdmin;

impl FromRequestParts<Arc<Tenant>> for TenantAdmin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, tenant: &Arc<Tenant>) -> Result<Self, Problem> {
        let System { database, faults, .. } = &*tenant.system;
        if let Some(presented) = bearer(&parts.headers) {
            let is_neighbour = |org: &OrgRow| token::same(presented, &org.admin_token);
            if is_admin(tenant, presented)?
                || (database.is_live_token(presented)? && faults.has(Fault::WorkspaceTokenIsAdmin))
                || (database.orgs()?.iter().any(is_neighbour) && faults.has(Fault::ForeignAdminAccepted))
            {
                return Ok(Self);
            }
        }
        check_admin(&parts.headers, |_| false).map(|()| Self)
    }
}

/// Whether a token is the tenant's admin's, or one of the organisation.
fn is_admin(tenant: &Tenant, presented: &str) -> Result<bool, DatabaseError> {
    Ok(token::same(presented, &tenant.admin_token)
        || tenant.system.database.owns_org_token(tenant.org, presented)?
        || tenant.system.faults.has(Fault::TenantTokenUnchecked))
}

/// The workspace that the path names, whoever asks.
pub(crate) struct Named(pub(crate) WorkspaceId);

impl FromRequestParts<Arc<Tenant>> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, tenant: &Arc<Tenant>) -> Result<Self, Problem> {
        let invalid = || Problem::bad_request("invalid workspace ID");
        let Ok(parameters) = RawPathParams::from_request_parts(parts, tenant).await else {
            return Err(invalid());
        };
        let id = parameters.iter().find(|(name, _)| *name == "id").and_then(|(_, id)| id.parse().ok());
        id.map(Self).ok_or_else(invalid)
    }
}

/// The workspace that the path names, asked for by itself or by the tenant's admin.
pub(crate) struct OwnOrAdmin(pub(crate) WorkspaceId);

impl FromRequestParts<Arc<Tenant>> for OwnOrAdmin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, tenant: &Arc<Tenant>) -> Result<Self, Problem> {
        let Some(presented) = bearer(&parts.headers).map(str::to_owned) else {
            return Err(Problem::unauthorized("missing workspace auth token"));
        };
        let named = Named::from_request_parts(parts, tenant).await;
        let System { database, faults, .. } = &*tenant.system;
        let owns = match &named {
            Ok(Named(id)) => database.owns_token(*id, &presented)?,
            Err(_) => false,
        };
        let is_taken_for_own = || -> Result<bool, DatabaseError> {
            let is_live = named.is_ok() && database.is_live_token(&presented)?;
            Ok(is_live && faults.has(Fault::ForeignTokenAccepted))
        };
        if !owns && !is_admin(tenant, &presented)? && !is_taken_for_own()? {
            return Err(Problem::unauthorized("invalid workspace auth token"));
        }
        named.map(|Named(id)| Self(id))
    }
}

/// Lets an agent speak for a workspace: with its token, or without any while it has none.
pub(crate) fn registry(tenant: &Tenant, headers: &HeaderMap, id: WorkspaceId) -> Result<(), Problem> {
    let database = &tenant.system.database;
    if database.live_tokens(id)? == 0 {
        return Ok(());
    }
    let refused = match bearer(headers) {
        None => "missing workspace auth token",
        Some(presented) if database.owns_token(id, presented)? => return Ok(()),
        Some(_) => "invalid workspace auth token",
    };
    if tenant.system.faults.has(Fault::RegistryOpen) { Ok(()) } else { Err(Problem::unauthorized(refused)) }
}
