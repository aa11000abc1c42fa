//! A sink that is somebody's server.
//!
//! Does not: send; the engine's door does.

use super::{Sink, SinkError, Sinks};
use crate::identity;
use harness_engine::net::http::HttpClient;
use harness_engine::net::redact::Secret;
use harness_engine::net::webhook::{self, Webhook};
use harness_model::context::Bindings;
use harness_model::name::SecretName;
use harness_model::suite;
use std::time::Duration;

struct Post {
    client: HttpClient,
    url: Secret,
    signed: Option<Secret>,
    bearer: Option<Secret>,
    within: Duration,
}

pub(super) fn build(
    sinks: &Sinks,
    webhook: &suite::Webhook,
    scope: &Bindings,
) -> (String, Result<Box<dyn Sink>, SinkError>) {
    let url = match sinks.secretly(&webhook.url, scope) {
        Ok(url) => url,
        Err(error) => return (webhook.url.text().value.clone(), Err(error)),
    };
    let to = host(&url).to_owned();
    (to, post(sinks, webhook, scope, url).map(|post| Box::new(post) as Box<dyn Sink>))
}

fn post(sinks: &Sinks, webhook: &suite::Webhook, scope: &Bindings, url: String) -> Result<Post, SinkError> {
    let set = |name: &SecretName| {
        let value = sinks.settings.secrets.get(name).cloned();
        value.ok_or_else(|| SinkError::Missing(name.clone()))
    };
    let signed = webhook.signed.as_ref().map(set).transpose()?;
    let bearer = webhook.bearer.as_ref().map(|bearer| sinks.secretly(bearer, scope)).transpose()?;
    // Whoever is silent is asked a second time.
    let client = HttpClient::new(sinks.redactor.clone(), webhook.within * 2 / 5);
    let client = client.map_err(|error| SinkError::Webhook(error.to_string()))?;
    let (url, bearer) = (Secret::new(url), bearer.map(Secret::new));
    Ok(Post { client, url, signed, bearer, within: webhook.within })
}

/// Where a URL leads, without what may be secret in it: user, path and query.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

#[async_trait::async_trait]
impl Sink for Post {
    async fn deliver(&self, text: String, key: &str) -> Result<(), SinkError> {
        let webhook = Webhook {
            url: self.url.clone(),
            body: text,
            key: key.to_owned(),
            signed: self.signed.clone(),
            bearer: self.bearer.clone(),
        };
        let posted = webhook::post(&self.client, &webhook, self.within, || identity::now().as_second()).await;
        posted.map(drop).map_err(|error| SinkError::Webhook(self.client.scrub(&chain(&error))))
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        text = format!("{text}: {deeper}");
        cause = deeper.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn where_a_webhook_goes_is_told_without_what_may_be_secret() {
        for (url, told) in [
            ("https://hooks.example.com/services/T0/secret", "hooks.example.com"),
            ("http://user:word@127.0.0.1:80?token=x", "127.0.0.1:80"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(host(url), told);
        }
    }
}
