//! Endpoints: a service and a credential, rendered with what is bound.
//!
//! Does not: send anything there.

use crate::action::Endpoint;
use crate::net::redact::Secret;
use crate::run::RunContext;
use harness_model::context::Bindings;
use harness_model::name::{CredentialName, ServiceName};
use harness_model::template::{RenderError, Template};

/// Where a request goes; `authority` has the secrets beside the bindings.
pub(crate) fn endpoint(
    run: &RunContext,
    service: &ServiceName,
    credential: Option<&CredentialName>,
    bindings: &Bindings,
    authority: &Bindings,
) -> Result<Endpoint, RenderError> {
    let spec = &run.suite.services[service];
    let headers = spec.headers.iter().map(|(name, value)| Ok((name.clone(), value.render(bindings)?)));
    // A header that says nothing is not sent: a platform without an organisation has no id to name.
    let headers = headers.filter(|header| !matches!(header, Ok((_, value)) if value.is_empty()));
    // A base that the settings name is the host that was meant; a base from a reply must be one of the service's.
    let is_given = run.suite.has_given_base(&run.environment, service);
    let hosts: &[Template] = if is_given { &[] } else { &spec.hosts };
    let bearer = credential.map(|name| {
        let credential = &run.suite.credentials[name];
        credential.bearer.render(authority).map(Secret::new)
    });
    Ok(Endpoint {
        base: spec.base.render(bindings)?,
        hosts: hosts.iter().map(|host| host.render(bindings)).collect::<Result<_, RenderError>>()?,
        headers: headers.collect::<Result<_, RenderError>>()?,
        bearer: bearer.transpose()?,
        credential: credential.map(|name| variable(run, name)),
    })
}

/// The variable that stands for a credential: the secret that it is, where it is one, or else a name made from its own.
fn variable(run: &RunContext, name: &CredentialName) -> String {
    let mut reads = run.suite.credentials[name].bearer.reads().iter();
    match (reads.next().and_then(|path| path.strip_prefix("secret.")), reads.next()) {
        (Some(secret), None) => secret.to_owned(),
        _ => format!("{}_TOKEN", name.as_str().to_uppercase()),
    }
}
