//! Endpoints: a service and a credential, rendered with what is bound.
//!
//! Does not: send anything there.

use crate::action::Endpoint;
use crate::net::reach::{Footing, Reach};
use crate::net::redact::Secret;
use crate::run::RunContext;
use harness_model::context::Bindings;
use harness_model::name::{CredentialName, ServiceName};
use harness_model::suite::Service;
use harness_model::template::RenderError;

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
    let reach = match spec.hosts.as_slice() {
        [_, ..] if !is_given => {
            let hosts = spec.hosts.iter().map(|host| host.render(bindings));
            Reach {
                hosts: hosts.collect::<Result<_, RenderError>>()?,
                footing: footing(run, service, bindings),
            }
        }
        _ => Reach::anywhere(),
    };
    let bearer = credential.map(|name| {
        let credential = &run.suite.credentials[name];
        credential.bearer.render(authority).map(Secret::new)
    });
    Ok(Endpoint {
        base: spec.base.render(bindings)?,
        reach,
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

/// What the base of a service is measured by: the bases that the settings name, unless it is one of them.
fn footing(run: &RunContext, service: &ServiceName, bindings: &Bindings) -> Footing {
    let is_of_settings = |service: &Service| service.base.reads().iter().all(|path| path.starts_with("env."));
    if is_of_settings(&run.suite.services[service]) {
        return Footing::Meant;
    }
    let services = run.suite.services.iter().filter(|(name, service)| {
        let is_set = is_of_settings(service) && !service.base.reads().is_empty();
        is_set || run.suite.has_given_base(&run.environment, name)
    });
    // What is not set leads nowhere.
    let bases = services.filter_map(|(_, service)| service.base.render(bindings).ok());
    let bases = bases.filter(|base| !base.is_empty());
    // A proxy of ours is no reason to trust a reply more.
    let meant = |base| match &run.stand_in {
        Some(stand_in) => stand_in.meant(base),
        None => base,
    };
    Footing::of(&bases.map(meant).collect::<Vec<_>>())
}
