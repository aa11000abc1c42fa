//! A handshake that looks at the certificate which is shown, whether this machine trusts it or not.
//!
//! Does not: let anything through on a connection that is not trusted; it is closed after the handshake.

use super::{der, late};
use crate::net::text::printable;
use harness_model::edge::Tls;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Shakes hands, and tells what was shown.
pub(super) async fn shake(host: &str, stream: TcpStream, patience: Duration) -> Tls {
    let failed = |reason: &dyn std::fmt::Display| Tls::Failed { reason: printable(&reason.to_string()) };
    let provider = Arc::new(ring::default_provider());
    let judge = match Verifier::new(Arc::clone(&provider)) {
        Ok(judge) => judge,
        Err(error) => return failed(&error),
    };
    let witness = Arc::new(Witness { judge, seen: OnceLock::new() });
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = match config {
        Ok(config) => config,
        Err(error) => return failed(&error),
    };
    let verifier = Arc::clone(&witness) as Arc<dyn ServerCertVerifier>;
    let config = config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    let name = match ServerName::try_from(host.to_owned()) {
        Ok(name) => name,
        Err(error) => return failed(&error),
    };
    let shaking = TlsConnector::from(Arc::new(config)).connect(name, stream);
    match tokio::time::timeout(patience, shaking).await {
        Err(_elapsed) => Tls::Failed { reason: late("no handshake") },
        Ok(Err(error)) => failed(&error),
        Ok(Ok(stream)) => {
            let version = stream.get_ref().1.protocol_version();
            let version = version.and_then(|version| version.as_str().map(str::to_owned));
            let (certificate, refused) = witness.seen.get().cloned().unwrap_or_default();
            Tls::Shown { version: version.unwrap_or_else(|| "TLS".to_owned()), certificate, refused }
        }
    }
}

type Seen = (Option<harness_model::edge::Certificate>, Option<String>);

/// Lets every certificate pass for as long as a handshake takes, and remembers what the judge says of it.
#[derive(Debug)]
struct Witness {
    judge: Verifier,
    seen: OnceLock<Seen>,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged =
            self.judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let refused = judged.err().map(|error| printable(&error.to_string()));
        self.seen.get_or_init(|| (der::certificate(end_entity), refused));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}
