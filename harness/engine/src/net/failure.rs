//! Failure: why no reply came, derived from the error chain of the client in one place, in words to act on.
//!
//! Does not: decide what is sent again.

use super::limits::{LONGEST_REPLY, MOST_HEADERS};
use harness_model::transport::{Sent, Transport};
use rustls::CertificateError;
use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

/// Why no reply came.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The base or path is not a URL.
    #[error("`{url}` is not a URL")]
    Url {
        /// The text.
        url: String,
    },
    /// The path would lead to another host than its service's.
    #[error("the path leads away from {base}: nothing was sent")]
    Elsewhere {
        /// The service's base.
        base: String,
    },
    /// The base has a host that its service does not allow.
    #[error("{host} is none of the hosts that the service may have ({allowed}): nothing was sent")]
    Unbound {
        /// The host.
        host: String,
        /// The hosts it may have.
        allowed: String,
    },
    /// The base has a scheme or a port that its service does not allow.
    #[error(
        "{origin} is none of the places that the service may have ({allowed}; where no scheme is named {unnamed}, where \
         no port is named that of the scheme): nothing was sent; to allow it, add \"{entry}\" to its `hosts`"
    )]
    Barred {
        /// Scheme, host and port.
        origin: String,
        /// The hosts it may have.
        allowed: String,
        /// What an entry without a scheme allows here.
        unnamed: &'static str,
        /// The entry that would allow it.
        entry: String,
    },
    /// A header cannot be sent.
    #[error("header `{name}` has a value that cannot be sent")]
    Header {
        /// Its name.
        name: String,
    },
    /// No connection: not one byte was sent.
    #[error("could not connect to {endpoint}: {reason}")]
    Connect {
        /// Host and port.
        endpoint: String,
        /// What went wrong.
        transport: Transport,
        /// What it means, and what the system says.
        reason: String,
    },
    /// Nothing came in time.
    #[error("no complete reply from {endpoint} within {}s: {progress}", within.as_secs_f64())]
    Timeout {
        /// Host and port.
        endpoint: String,
        /// The limit.
        within: Duration,
        /// How far it came.
        progress: String,
    },
    /// The connection broke.
    #[error("the exchange with {endpoint} broke off: {reason}")]
    Broken {
        /// Host and port.
        endpoint: String,
        /// What went wrong.
        transport: Transport,
        /// What it means, and what the system says.
        reason: String,
    },
    /// The reply is too long.
    #[error(
        "the reply of {endpoint} is longer than {LONGEST_REPLY} bytes{announced}: it was not read to its end"
    )]
    TooLong {
        /// Host and port.
        endpoint: String,
        /// What it says of its length.
        announced: String,
    },
    /// The reply has an encoding that nobody asked for.
    #[error(
        "the reply of {endpoint} is packed (content-encoding: {encoding}), which was not asked for: it was not \
         unpacked"
    )]
    Encoded {
        /// Host and port.
        endpoint: String,
        /// The encoding.
        encoding: String,
    },
}

impl HttpError {
    /// What went wrong on the way, where that is what went wrong.
    pub fn transport(&self) -> Option<Transport> {
        match self {
            Self::Connect { transport, .. } | Self::Broken { transport, .. } => Some(*transport),
            Self::Timeout { .. } => Some(Transport::TimedOut),
            Self::Url { .. }
            | Self::Elsewhere { .. }
            | Self::Unbound { .. }
            | Self::Barred { .. }
            | Self::Header { .. }
            | Self::TooLong { .. }
            | Self::Encoded { .. } => None,
        }
    }

    /// How much of the request may have arrived.
    pub fn sent(&self) -> Sent {
        match self {
            Self::Url { .. }
            | Self::Elsewhere { .. }
            | Self::Unbound { .. }
            | Self::Barred { .. }
            | Self::Header { .. }
            | Self::Connect { .. } => Sent::Nothing,
            Self::Timeout { .. } | Self::Broken { .. } | Self::TooLong { .. } | Self::Encoded { .. } => {
                Sent::Perhaps
            }
        }
    }
}

/// Takes what the client says apart; `progress` tells how far the exchange came.
pub(crate) fn classify(endpoint: &str, error: &reqwest::Error, progress: &str) -> HttpError {
    let endpoint = endpoint.to_owned();
    if error.is_connect() {
        let transport = if error.is_dns() { Transport::Dns } else { class(error) };
        let reason = reason(transport, error);
        return HttpError::Connect { endpoint, transport, reason };
    }
    let transport = class(error);
    let reason = match transport {
        Transport::ClosedEarly => {
            format!("it closed the connection before its reply was complete: {progress}")
        }
        Transport::Refused
        | Transport::Unreachable
        | Transport::Dns
        | Transport::Tls
        | Transport::Reset
        | Transport::TimedOut
        | Transport::Protocol => reason(transport, error),
    };
    HttpError::Broken { endpoint, transport, reason }
}

/// The first cause in a chain that tells its class; one that speaks of bytes alone has the last word.
fn class(error: &(dyn Error + 'static)) -> Transport {
    let is_malformed = |cause: &(dyn Error + 'static)| {
        let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        matches!(kind, Some(ErrorKind::InvalidData | ErrorKind::InvalidInput))
    };
    let otherwise = if causes(error).any(is_malformed) { Transport::Protocol } else { Transport::Reset };
    causes(error).find_map(of_cause).unwrap_or(otherwise)
}

fn of_cause(cause: &(dyn Error + 'static)) -> Option<Transport> {
    if cause.is::<rustls::Error>() {
        return Some(Transport::Tls);
    }
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        return of_hyper(error);
    }
    let error = cause.downcast_ref::<io::Error>()?;
    match error.kind() {
        ErrorKind::ConnectionRefused => Some(Transport::Refused),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
            Some(Transport::Unreachable)
        }
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            Some(Transport::Reset)
        }
        ErrorKind::UnexpectedEof => Some(Transport::ClosedEarly),
        ErrorKind::TimedOut => Some(Transport::TimedOut),
        _ => None,
    }
}

fn of_hyper(error: &hyper::Error) -> Option<Transport> {
    if error.is_parse() {
        Some(Transport::Protocol)
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        Some(Transport::ClosedEarly)
    } else if error.is_timeout() {
        Some(Transport::TimedOut)
    } else {
        None
    }
}

/// A class in words that people can act on, with what the system says.
fn reason(transport: Transport, error: &(dyn Error + 'static)) -> String {
    let innermost = causes(error).last().map(ToString::to_string).unwrap_or_default();
    match transport {
        Transport::Refused => format!("nobody listens there ({innermost})"),
        Transport::Unreachable => format!("no way leads there ({innermost})"),
        Transport::Dns => format!("its name has no address ({innermost})"),
        Transport::Tls => tls(error, &innermost),
        Transport::Reset => format!("it tore the connection down ({innermost})"),
        Transport::ClosedEarly => format!("it closed the connection at once ({innermost})"),
        Transport::TimedOut => format!("it did not accept the connection in time ({innermost})"),
        Transport::Protocol if causes(error).any(is_too_large) => {
            format!("the head of its reply is too long: more than {MOST_HEADERS} headers, or than 400 KiB")
        }
        Transport::Protocol => format!("what it sent is not HTTP ({innermost})"),
    }
}

fn tls(error: &(dyn Error + 'static), innermost: &str) -> String {
    let certificate = causes(error).find_map(|cause| match cause.downcast_ref::<rustls::Error>() {
        Some(rustls::Error::InvalidCertificate(certificate)) => Some(certificate),
        Some(_) | None => None,
    });
    match certificate {
        Some(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            format!("its certificate is that of another host ({innermost})")
        }
        Some(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            format!("its certificate has expired ({innermost})")
        }
        Some(_) => format!("its certificate is none that this machine trusts ({innermost})"),
        None => format!("it does not speak TLS as it must ({innermost})"),
    }
}

/// hyper has no public word for it on the side of a client.
fn is_too_large(cause: &(dyn Error + 'static)) -> bool {
    cause.is::<hyper::Error>() && cause.to_string().contains("too large")
}

/// An error and everything below it.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause| below(*cause))
}

/// An I/O error hides what it wraps from its `source`.
fn below<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => cause.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::{class, reason};
    use harness_model::transport::Transport;
    use rustls::CertificateError;
    use std::io::{Error, ErrorKind};

    #[test]
    fn every_class_is_found_however_deep_it_lies() {
        let table = [
            (ErrorKind::ConnectionRefused, Transport::Refused),
            (ErrorKind::HostUnreachable, Transport::Unreachable),
            (ErrorKind::NetworkUnreachable, Transport::Unreachable),
            (ErrorKind::ConnectionReset, Transport::Reset),
            (ErrorKind::BrokenPipe, Transport::Reset),
            (ErrorKind::UnexpectedEof, Transport::ClosedEarly),
            (ErrorKind::TimedOut, Transport::TimedOut),
        ];
        for (kind, expected) in table {
            let deep = Error::other(Error::other(Error::from(kind)));
            assert_eq!(class(&deep), expected, "{kind}");
        }
    }

    #[test]
    fn a_certificate_says_what_is_wrong_with_it() {
        let table = [
            (CertificateError::NotValidForName, "its certificate is that of another host"),
            (CertificateError::Expired, "its certificate has expired"),
            (CertificateError::UnknownIssuer, "its certificate is none that this machine trusts"),
        ];
        for (wrong, words) in table {
            let error = Error::new(ErrorKind::InvalidData, rustls::Error::InvalidCertificate(wrong));
            assert_eq!(class(&error), Transport::Tls);
            assert!(reason(Transport::Tls, &error).starts_with(words), "{}", reason(Transport::Tls, &error));
        }
    }
}
