//! `/cp/admin/orgs`: organisations and their tenants' admin tokens.
//!
//! Does not: delete; that is `tenants`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock;
use crate::database::OrgRow;
use crate::fault::Fault;
use crate::id::OrgId;
use crate::lifecycle;
use crate::problem::Problem;
use crate::system::System;
use crate::tiers::ControlAdmin;
use crate::token;
use crate::views;

#[derive(Deserialize)]
struct Draft {
    slug: String,
    #[serde(default)]
    name: String,
    owner_user_id: Option<String>,
}

/// Creates an organisation; it provisions in the background.
pub(super) async fn create(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let draft: Draft = serde_json::from_slice(&body).or(Err(Problem::bad_request("invalid org payload")))?;
    if !is_slug(&draft.slug) {
        return Err(Problem::bad_request("slug must match ^[a-z][a-z0-9-]{2,31}$"));
    }
    let name = if draft.name.is_empty() { draft.slug.clone() } else { draft.name };
    let org = OrgRow {
        id: OrgId::mint(),
        slug: draft.slug,
        name,
        owner_user_id: draft.owner_user_id,
        instance_status: "provisioning".to_owned(),
        last_error: None,
        tenant_url: None,
        admin_token: token::mint()?,
        created_at: clock::timestamp(),
    };
    if !system.database.insert_org(&org)? {
        return Err(Problem::new(StatusCode::CONFLICT, "slug already taken"));
    }
    system.database.start_instance(org.id, &org.slug)?;
    let view = views::org(&org);
    lifecycle::begin_org_boot(&system, org);
    Ok((StatusCode::CREATED, Json(view)))
}

/// The roster.
pub(super) async fn list(_: ControlAdmin, State(system): State<Arc<System>>) -> Result<Json<Value>, Problem> {
    let mut orgs: Vec<Value> = system.database.orgs()?.iter().map(views::org).collect();
    if !orgs.is_empty() && system.faults.has(Fault::OrgHidden) {
        orgs.pop();
    }
    Ok(Json(json!({ "orgs": orgs })))
}

/// The admin token of an organisation's tenant.
pub(super) async fn admin_token(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Path(slug): Path<String>,
) -> Result<Json<Value>, Problem> {
    let Some(org) = system.database.org(&slug)? else {
        return Err(Problem::not_found("org not found").with("slug", slug));
    };
    Ok(Json(json!({ "admin_token": org.admin_token })))
}

fn is_slug(slug: &str) -> bool {
    (3..=32).contains(&slug.len())
        && slug.starts_with(|first: char| first.is_ascii_lowercase())
        && slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
