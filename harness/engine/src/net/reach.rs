//! Reach: where a base may lead that a reply has named: to hosts that its service lists, over no weaker scheme than the one
//! that the settings name.
//!
//! Does not: restrict a base that the settings name.

use super::failure::HttpError;
use harness_model::host::{AllowedHost, AllowedPort};
use reqwest::Url;
use std::net::IpAddr;

/// Where the requests to a service may go.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The hosts that its base may have: `api.example.com`, `*.example.com:8443`; empty for any.
    pub hosts: Vec<String>,
    /// What its environment stands on.
    pub footing: Footing,
}

/// How far a reply is trusted, taken from the bases that the settings name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Footing {
    /// The settings, or the suite itself, name the base: its scheme and port are meant.
    Meant,
    /// One of them is https, or there is none: then nothing goes over plain HTTP.
    Secure,
    /// They are plain HTTP.
    Plain,
    /// They are plain HTTP on this machine: there, every port is ours.
    Local,
}

impl Footing {
    /// The footing of an environment with these bases in its settings.
    pub(crate) fn of(bases: &[String]) -> Self {
        let urls: Vec<Url> = bases.iter().filter_map(|base| Url::parse(base).ok()).collect();
        if urls.is_empty() || urls.iter().any(|url| url.scheme() != "http") {
            Self::Secure
        } else if urls.iter().all(is_local) {
            Self::Local
        } else {
            Self::Plain
        }
    }
}

impl Reach {
    /// Anywhere: the settings name the base.
    pub fn anywhere() -> Self {
        Self { hosts: Vec::new(), footing: Footing::Secure }
    }

    /// Lets a URL through, or says what is allowed and how to allow more.
    pub(super) fn check(&self, url: &Url) -> Result<(), HttpError> {
        let host = url.host_str().unwrap_or_default();
        let entries = self.hosts.iter().filter_map(|entry| AllowedHost::parse(entry));
        let named: Vec<AllowedHost> = entries.filter(|entry| entry.names(host)).collect();
        let is_open = self.hosts.is_empty() || named.iter().any(|entry| self.allows(entry, url));
        if is_open {
            return Ok(());
        }
        let allowed = self.hosts.join(", ");
        if named.is_empty() {
            return Err(HttpError::Unbound { host: host.to_owned(), allowed });
        }
        let scheme = if url.scheme() == "http" && self.footing == Footing::Secure { "http://" } else { "" };
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let unnamed = match self.footing {
            Footing::Secure => "https",
            Footing::Meant | Footing::Plain | Footing::Local => "https or http",
        };
        let (origin, entry) = (url.origin().ascii_serialization(), format!("{scheme}{host}{port}"));
        Err(HttpError::Barred { origin, allowed, unnamed, entry })
    }

    fn allows(&self, entry: &AllowedHost, url: &Url) -> bool {
        let scheme = match entry.scheme() {
            Some(scheme) => scheme == url.scheme(),
            None => url.scheme() == "https" || self.footing != Footing::Secure,
        };
        let port = match entry.port() {
            AllowedPort::Any => true,
            AllowedPort::Own(port) => url.port_or_known_default() == Some(port),
            AllowedPort::Usual => {
                let is_ours = self.footing == Footing::Local && is_local(url);
                url.port().is_none() || is_ours || self.footing == Footing::Meant
            }
        };
        scheme && port
    }
}

/// Whether a URL stays on this machine.
fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    let is_ours = |address: IpAddr| address.to_canonical().is_loopback() || address.is_unspecified();
    address.map_or(host == "localhost" || host.ends_with(".localhost"), is_ours)
}
