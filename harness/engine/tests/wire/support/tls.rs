//! A server with a certificate of its own, which stands for `another.example` until the year 2126.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The key of nobody but these tests.
const KEY: &str = "\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5TNB/3mjGDOC74PloSi1NrNRBWv2lUXmSr9l7tFpJT6hRANC\
    AATXYz7yip3YHaYVnBD/T3CRrgMca0U1OZRzwyI9yxlLqns4l8ARd4HREJ3S9bGsgt15L6B11wmQ4u/ZSK1Ew2qJ";

/// Signed by itself, for `another.example`.
const CERTIFICATE: &str = "\
    MIIBpDCCAUqgAwIBAgIUBacqe29x0RsiTsyrKNsa8Xe/Z4MwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPYW5vdGhlci5leGFt\
    cGxlMCAXDTI2MTEyMTA3MjcyMloYDzIxMjYxMDI4MDcyNzIyWjAaMRgwFgYDVQQDDA9hbm90aGVyLmV4YW1wbGUwWTATBgcq\
    hkjOPQIBBggqhkjOPQMBBwNCAATXYz7yip3YHaYVnBD/T3CRrgMca0U1OZRzwyI9yxlLqns4l8ARd4HREJ3S9bGsgt15L6B1\
    1wmQ4u/ZSK1Ew2qJo2wwajAdBgNVHQ4EFgQUyWy/kqhaoYALZ3Rxhv7pKeL56UkwHwYDVR0jBBgwFoAUyWy/kqhaoYALZ3Rx\
    hv7pKeL56UkwGgYDVR0RBBMwEYIPYW5vdGhlci5leGFtcGxlMAwGA1UdEwEB/wQCMAAwCgYIKoZIzj0EAwIDSAAwRQIhAJJU\
    q0kVoPv5EUCuPiooHpu9hZpqJZQBddnqlxgJwTpvAiBJxEZOr2SgLGWeAKFMdKH0snxlWZUnGA9RUKOWU41e7A==";

/// Signed by itself, for `127.0.0.1`, until the second day of 2020.
const EXPIRED: &str = "\
    MIIBijCCATCgAwIBAgICEAAwCgYIKoZIzj0EAwIwLTEYMBYGA1UEAwwPZXhwaXJlZC5leGFtcGxlMREwDwYDVQQKDAhPbGQg\
    T25lczAeFw0yMDAxMDEwMDAwMDBaFw0yMDAxMDIwMDAwMDBaMC0xGDAWBgNVBAMMD2V4cGlyZWQuZXhhbXBsZTERMA8GA1UE\
    CgwIT2xkIE9uZXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATXYz7yip3YHaYVnBD/T3CRrgMca0U1OZRzwyI9yxlLqns4\
    l8ARd4HREJ3S9bGsgt15L6B11wmQ4u/ZSK1Ew2qJo0AwPjAPBgNVHREECDAGhwR/AAABMAwGA1UdEwEB/wQCMAAwHQYDVR0O\
    BBYEFMlsv5KoWqGAC2d0cYb+6Sni+elJMAoGCCqGSM49BAMCA0gAMEUCIA6Kyd8N+MkFo7KYHZv0+2TTKLX1vpknW82c3fH6\
    MlH/AiEA4q7gMxR/RWQ1i6iFQzEaQf9ZXMlRUQaOhOAlDzArXJE=";

/// The certificate as the files of trust anchors have it.
pub(crate) fn pem() -> String {
    format!("-----BEGIN CERTIFICATE-----\n{CERTIFICATE}\n-----END CERTIFICATE-----\n")
}

/// Serves nothing but handshakes; gives the base URL.
pub(crate) async fn tls_stub() -> String {
    serve(CERTIFICATE).await
}

/// The same with a certificate that counts no more.
pub(crate) async fn expired_stub() -> String {
    serve(EXPIRED).await
}

async fn serve(certificate: &str) -> String {
    let bytes = |text: &str| STANDARD.decode(text).expect("base64");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(bytes(KEY)));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the versions of TLS")
        .with_no_client_auth()
        .with_single_cert(vec![bytes(certificate).into()], key)
        .expect("a key of its certificate");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("https://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that turns away is what the tests are about.
            acceptor.accept(stream).await.map(drop).ok();
        }
    });
    base
}
