//! TLS over a stream that already stands.

use std::sync::{Arc, OnceLock};

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
use url::Host;

use super::error::Fault;
use super::net::Stream;
use super::quote::escape;

/// Shakes hands with the server that `host` names, and verifies that it is the one.
///
/// Trusted are the certificate authorities of the web, and those in the PEM file that the
/// environment variable `SSL_CERT_FILE` names.
pub(crate) async fn wrap(stream: Stream, host: Host<&str>) -> Result<Stream, Fault> {
    let failed = |why: String| Fault::Tls(escape(&why));
    let name = match host {
        Host::Domain(name) => {
            ServerName::try_from(name.to_owned()).map_err(|e| failed(e.to_string()))?
        }
        Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(address)),
        Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(address)),
    };
    let connector = TlsConnector::from(config().map_err(failed)?);
    match connector.connect(name, stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// The configuration, read once: a file that changes during a run would make runs unrepeatable.
fn config() -> Result<Arc<ClientConfig>, String> {
    static CONFIG: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    CONFIG.get_or_init(load).clone()
}

fn load() -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(file) = std::env::var_os("SSL_CERT_FILE") {
        let shown = file.to_string_lossy().into_owned();
        let complain = |error: &dyn std::fmt::Display| format!("SSL_CERT_FILE={shown}: {error}");
        for certificate in CertificateDer::pem_file_iter(&file).map_err(|e| complain(&e))? {
            let certificate = certificate.map_err(|e| complain(&e))?;
            roots.add(certificate).map_err(|e| complain(&e))?;
        }
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // Without this a server may choose HTTP/2, which a WebSocket cannot be opened over.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
