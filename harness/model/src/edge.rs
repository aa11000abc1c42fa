//! The edge of a service: what stands between us and it, as far as it was found out: names, addresses, certificates.
//!
//! Does not: find out. The engine's `net::edge` does, within bounds.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What was found out about the edge of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Edge {
    /// Host and port, as the service's base names them.
    pub place: String,
    /// Why its name has no address, when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unresolved: Option<String>,
    /// Its addresses, each with what became of a connection to it.
    pub doors: Vec<Door>,
    /// What it showed of itself, where it should speak TLS and somebody listens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
}

/// One address of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Door {
    /// The address with its port.
    pub address: String,
    /// Why there was no connection, when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shut: Option<String>,
}

/// What a service showed of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// A handshake, and a certificate.
    Shown {
        /// The version: `TLSv1.3`.
        version: String,
        /// Its certificate, where it can be read.
        certificate: Option<Certificate>,
        /// Why this machine refuses it, when it does.
        refused: Option<String>,
    },
    /// No handshake.
    Failed {
        /// Why.
        reason: String,
    },
}

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// Whom it names: `CN=staging.example.com`.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The first moment at which it counts: `2026-01-01 00:00:00`.
    pub from: String,
    /// The last one.
    pub until: String,
}

impl Edge {
    /// Whether anybody listens there who can show who it is.
    pub fn is_open(&self) -> bool {
        let trusted = match &self.tls {
            None | Some(Tls::Shown { refused: None, .. }) => true,
            Some(Tls::Shown { refused: Some(_), .. } | Tls::Failed { .. }) => false,
        };
        self.doors.iter().any(|door| door.shut.is_none()) && trusted
    }

    /// Every free text, for whoever scrubs them.
    pub fn texts(&mut self) -> Vec<&mut String> {
        let doors = self.doors.iter_mut().flat_map(|door| [Some(&mut door.address), door.shut.as_mut()]);
        let mut texts: Vec<&mut String> = self.unresolved.iter_mut().chain(doors.flatten()).collect();
        texts.push(&mut self.place);
        match &mut self.tls {
            Some(Tls::Shown { certificate, refused, .. }) => {
                texts
                    .extend(certificate.iter_mut().flat_map(|shown| [&mut shown.subject, &mut shown.issuer]));
                texts.extend(refused);
            }
            Some(Tls::Failed { reason }) => texts.push(reason),
            None => {}
        }
        texts
    }

    /// What was found out, a line each.
    pub fn lines(&self) -> Vec<String> {
        let place = &self.place;
        if let Some(reason) = &self.unresolved {
            return vec![format!("{place}: its name has no address ({reason})")];
        }
        let doors = self.doors.iter().map(|Door { address, shut }| {
            // A place that is an address already is not said twice.
            let door = if address == place { place.clone() } else { format!("{place}: {address}") };
            match shut {
                None => format!("{door} takes connections"),
                Some(reason) => format!("{door} takes none ({reason})"),
            }
        });
        doors.chain(self.tls.iter().map(|tls| format!("{place}: {tls}"))).collect()
    }
}

impl fmt::Display for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { reason } => write!(formatter, "no TLS ({reason})"),
            Self::Shown { version, certificate, refused } => {
                write!(formatter, "{version}")?;
                if let Some(Certificate { subject, issuer, from, until }) = certificate {
                    write!(
                        formatter,
                        ", certificate of {subject}, signed by {issuer}, valid from {from} to {until}"
                    )?;
                }
                match refused {
                    Some(reason) => write!(formatter, "; this machine refuses it: {reason}"),
                    None => formatter.write_str("; this machine trusts it"),
                }
            }
        }
    }
}
