//! The edge of a service, examined: names, addresses, connections, certificates; each within a few seconds.
//!
//! Does not: send a request, or trust anybody. Nothing goes over a connection that is opened here but a handshake.

mod der;
mod tls;

use super::text::printable;
use harness_model::edge::{Door, Edge};
use reqwest::Url;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};

/// How long a name may take, and how long a connection.
const PATIENCE: Duration = Duration::from_secs(4);
/// How many addresses of one name are tried.
const MOST_ADDRESSES: usize = 4;

/// Where a service is: host, port, and whether it speaks TLS.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    host: String,
    port: u16,
    speaks: Speaks,
}

/// What a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Speaks {
    Http,
    Https,
}

impl Place {
    /// The place of a base URL.
    pub(crate) fn of(base: &str) -> Option<Self> {
        let url = Url::parse(base).ok()?;
        let speaks = if url.scheme() == "https" { Speaks::Https } else { Speaks::Http };
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some(Self { host, port: url.port_or_known_default()?, speaks })
    }
}

/// Examines the edge of whatever is at a base URL; none when the base is no URL.
pub async fn examine_base(base: &str) -> Option<Edge> {
    Some(examine(&Place::of(base)?).await)
}

/// Examines an edge.
pub(crate) async fn examine(place: &Place) -> Edge {
    let shown = format!("{}:{}", place.host, place.port);
    let mut edge = Edge { place: shown, unresolved: None, doors: Vec::new(), tls: None };
    let looked_up = tokio::time::timeout(PATIENCE, lookup_host((place.host.as_str(), place.port))).await;
    let addresses: Vec<SocketAddr> = match looked_up {
        Ok(Ok(addresses)) => addresses.take(MOST_ADDRESSES).collect(),
        Ok(Err(error)) => return Edge { unresolved: Some(printable(&error.to_string())), ..edge },
        Err(_elapsed) => return Edge { unresolved: Some(late("no answer")), ..edge },
    };
    if addresses.is_empty() {
        return Edge { unresolved: Some("the answer is empty".to_owned()), ..edge };
    }
    let knocked = futures_util::future::join_all(addresses.into_iter().map(knock)).await;
    for (address, knocked) in knocked {
        let address = address.to_string();
        match knocked {
            Ok(stream) => {
                edge.doors.push(Door { address, shut: None });
                if place.speaks == Speaks::Https && edge.tls.is_none() {
                    edge.tls = Some(tls::shake(&place.host, stream, PATIENCE).await);
                }
            }
            Err(reason) => edge.doors.push(Door { address, shut: Some(reason) }),
        }
    }
    edge
}

async fn knock(address: SocketAddr) -> (SocketAddr, Result<TcpStream, String>) {
    let knocked = match tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await {
        Ok(connected) => connected.map_err(|error| printable(&error.to_string())),
        Err(_elapsed) => Err(late("nobody took it")),
    };
    (address, knocked)
}

fn late(what: &str) -> String {
    format!("{what} within {}s", PATIENCE.as_secs())
}
