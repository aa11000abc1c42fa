//! Admission: whether a new workspace is accepted, and as what. The order of the checks is the contract's.
//!
//! Does not: create anything.

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::http::{StatusCode, Uri};
use serde::Deserialize;

use crate::catalogue;
use crate::fault::{Armed, Fault};
use crate::id::WorkspaceId;
use crate::problem::Problem;

/// The body of `POST /workspaces`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) role: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) runtime: Option<String>,
    pub(crate) template: Option<String>,
    pub(crate) parent_id: Option<String>,
    pub(crate) external: bool,
    pub(crate) url: Option<String>,
    pub(crate) workspace_dir: Option<String>,
    pub(crate) workspace_access: Option<String>,
    pub(crate) secrets: BTreeMap<String, String>,
    pub(crate) budget_limit: Option<i64>,
    pub(crate) max_concurrent_tasks: Option<i64>,
    pub(crate) canvas: Option<Canvas>,
    pub(crate) delivery_mode: Option<String>,
    pub(crate) hibernation_idle_minutes: Option<i64>,
}

/// A place on the canvas.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Canvas {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// What a draft was accepted as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Admission {
    pub(crate) runtime: String,
    pub(crate) model: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) external: bool,
    pub(crate) delivery_mode: String,
    pub(crate) url: Option<String>,
    pub(crate) parent: Option<WorkspaceId>,
}

/// Characters that names and roles must not contain.
const FORBIDDEN: &[char] = &['\n', '\r', '{', '}', '[', ']', '|', '>', '*', '&', '!'];

/// The provider that a model is taken for by a fault.
const MISDERIVED: &str = "custom";

/// Accepts `draft`, or says why not.
///
/// *Source*: the staging contract, section A3.
pub(crate) fn admit(draft: &Draft, faults: &Armed) -> Result<Admission, Problem> {
    let parent = match check_fields(draft) {
        Err(_) if faults.has(Fault::CreateUnchecked) => {
            draft.parent_id.as_deref().and_then(|id| id.parse().ok())
        }
        checked => checked?,
    };
    let template = given(draft.template.as_deref());
    let (label, runtime) = resolve(draft, template, faults)?;
    let external_like = catalogue::EXTERNAL_LIKE.contains(&runtime.as_str());
    if draft.external && !external_like {
        return Err(unsupported(&runtime));
    }
    let accepted = catalogue::ALLOWED.contains(&runtime.as_str())
        || (runtime == catalogue::GOOGLE_ADK && faults.has(Fault::GoogleAdkAccepted));
    if !accepted {
        return Err(unsupported(&runtime));
    }
    let default_delivery = if external_like { "poll" } else { "push" };
    let url = given(draft.url.as_deref()).filter(|_| external_like).map(str::to_owned);
    let delivery_mode = given(draft.delivery_mode.as_deref())
        .unwrap_or(if url.is_some() { "push" } else { default_delivery })
        .to_owned();
    let (model, provider) = if external_like || runtime == catalogue::MOCK {
        (given(draft.model.as_deref()).map(str::to_owned), None)
    } else {
        let (model, provider) = choose_model(draft, &runtime, template)?;
        let is_misderived = provider != MISDERIVED && faults.has(Fault::ProviderMisderived);
        (Some(model), Some(if is_misderived { MISDERIVED.to_owned() } else { provider }))
    };
    let is_coerced = external_like && label != catalogue::EXTERNAL && faults.has(Fault::LabelCoerced);
    let label = if is_coerced { catalogue::EXTERNAL.to_owned() } else { label };
    Ok(Admission { runtime: label, model, provider, external: external_like, delivery_mode, url, parent })
}

/// What a platform that resolves nothing takes a draft for: only a fault does that.
pub(crate) fn admit_as_labelled(draft: &Draft) -> Admission {
    Admission {
        runtime: given(draft.runtime.as_deref()).unwrap_or(catalogue::DEFAULT_RUNTIME).to_owned(),
        model: draft.model.clone(),
        provider: None,
        external: draft.external,
        delivery_mode: "push".to_owned(),
        url: None,
        parent: draft.parent_id.as_deref().and_then(|id| id.parse().ok()),
    }
}

/// The refusal of a template whose files the platform cannot get.
pub(crate) fn template_unavailable(template: &str, runtime: &str) -> Problem {
    refusal("workspace template is unavailable", "TEMPLATE_UNAVAILABLE", runtime).with("template", template)
}

/// Whether `text` can be the name of a workspace.
pub(crate) fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && is_plain(text, 255)
}

/// Whether `text` can be the role of a workspace.
pub(crate) fn is_role(text: &str) -> bool {
    is_plain(text, 1000)
}

/// Whether `text` can name a model or a runtime.
pub(crate) fn is_short(text: &str) -> bool {
    text.len() <= 100 && !text.contains(['\n', '\r'])
}

fn is_plain(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && !text.contains(FORBIDDEN)
}

/// Refuses a directory that is not absolute, or that leads upwards.
pub(crate) fn check_directory(path: Option<&str>) -> Result<(), Problem> {
    if given(path).is_some_and(|path| !path.starts_with('/') || path.contains("..")) {
        return Err(Problem::bad_request("invalid workspace directory"));
    }
    Ok(())
}

fn check_fields(draft: &Draft) -> Result<Option<WorkspaceId>, Problem> {
    let fields = || Problem::bad_request("invalid workspace fields");
    let acceptable = is_name(&draft.name)
        && draft.role.as_deref().is_none_or(is_role)
        && draft.model.as_deref().is_none_or(is_short)
        && draft.runtime.as_deref().is_none_or(is_short);
    if !acceptable {
        return Err(fields());
    }
    let parent = match given(draft.parent_id.as_deref()) {
        Some(id) => Some(id.parse().or(Err(fields()))?),
        None => None,
    };
    if draft.template.as_deref().is_some_and(|template| template.contains(['/', '\\', '\n', '.'])) {
        return Err(Problem::bad_request("invalid template"));
    }
    check_directory(draft.workspace_dir.as_deref())?;
    if given(draft.workspace_access.as_deref())
        .is_some_and(|access| !["none", "read_only", "read_write"].contains(&access))
    {
        return Err(Problem::bad_request("invalid workspace access"));
    }
    check_delivery(draft.delivery_mode.as_deref())?;
    if let Some(url) = given(draft.url.as_deref()) {
        check_url(url).map_err(|reason| Problem::bad_request(format!("unsafe workspace URL: {reason}")))?;
    }
    Ok(parent)
}

/// The label of the row and the runtime that is checked; they differ only by a fault.
fn resolve(draft: &Draft, template: Option<&str>, faults: &Armed) -> Result<(String, String), Problem> {
    if let Some(runtime) = given(draft.runtime.as_deref()) {
        return Ok((runtime.to_owned(), runtime.to_owned()));
    }
    let Some(template) = template else {
        let runtime = if draft.external { catalogue::EXTERNAL } else { catalogue::DEFAULT_RUNTIME };
        return Ok((runtime.to_owned(), runtime.to_owned()));
    };
    let Some(runtime) = catalogue::template_runtime(template) else {
        return Err(refusal(
            "workspace runtime could not be resolved from the template",
            "RUNTIME_UNRESOLVED",
            "",
        )
        .with("template", template));
    };
    let is_raw = template != runtime && faults.has(Fault::TemplateRuntimeRaw);
    let label = if is_raw { template } else { runtime };
    Ok((label.to_owned(), runtime.to_owned()))
}

fn choose_model(draft: &Draft, runtime: &str, template: Option<&str>) -> Result<(String, String), Problem> {
    let Some(model) = given(draft.model.as_deref()) else {
        let problem = refusal("a model is required for this runtime", "MODEL_REQUIRED", runtime);
        return Err(match template {
            Some(template) => problem.with("template", template),
            None => problem,
        });
    };
    let refuse = |text: &str, code: &str| refusal(text, code, runtime).with("model", model);
    let candidates = catalogue::providers(runtime, model);
    if candidates.is_empty() {
        return Err(refuse("model is not registered for this runtime", "UNREGISTERED_MODEL_FOR_RUNTIME"));
    }
    let mut known =
        candidates.iter().filter_map(|name| catalogue::keys(name).map(|keys| (name, keys))).peekable();
    if known.peek().is_none() {
        return Err(refuse("derived provider is not in the registry", "DERIVED_PROVIDER_NOT_IN_REGISTRY"));
    }
    let present = |key: &&str| draft.secrets.get(*key).is_some_and(|value| !value.is_empty());
    known
        .find(|(_, keys)| keys.is_empty() || keys.iter().any(present))
        .map(|(provider, _)| (model.to_owned(), (*provider).to_owned()))
        .ok_or_else(|| refuse("no credential for the model's provider", "MISSING_BYOK_CREDENTIAL"))
}

fn unsupported(runtime: &str) -> Problem {
    refusal("unsupported workspace runtime", "RUNTIME_UNSUPPORTED", runtime)
}

fn refusal(text: &str, code: &str, runtime: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, text).with("code", code).with("runtime", runtime)
}

/// `text`, unless it is empty: the wire makes no difference between an empty and an absent field.
pub(crate) fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// Refuses a delivery mode that is neither `push` nor `poll`.
pub(crate) fn check_delivery(mode: Option<&str>) -> Result<(), Problem> {
    if given(mode).is_none_or(|mode| mode == "push" || mode == "poll") {
        Ok(())
    } else {
        Err(Problem::bad_request("delivery_mode must be 'push' or 'poll'"))
    }
}

/// Refuses urls that lead where no agent may live. Loopback is let through: this platform hands out loopback agents
/// itself, which is the contract's exception for development.
pub(crate) fn check_url(url: &str) -> Result<(), &'static str> {
    let uri: Uri = url.parse().or(Err("not a url"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("scheme must be http or https");
    }
    let host = uri.host().ok_or("no host")?.trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            let [first, second, ..] = address.octets();
            let shared = first == 100 && (64..128).contains(&second);
            let refused = address.is_link_local()
                || address.is_documentation()
                || address.is_multicast()
                || address.is_unspecified()
                || shared;
            if refused { Err("address is not routable") } else { Ok(()) }
        }
        Ok(IpAddr::V6(address))
            if address.is_multicast() || address.is_unspecified() || address.is_unicast_link_local() =>
        {
            Err("address is not routable")
        }
        Ok(IpAddr::V6(_)) | Err(_) => Ok(()),
    }
}
