//! TLS.

use std::path::PathBuf;
use std::sync::Arc;

use chatspec_server::{Config, ServeError, TlsError, check};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::server::{Server, due};

fn file(name: &str) -> Option<PathBuf> {
    Some(
        [env!("CARGO_MANIFEST_DIR"), "tests/it/tls", name]
            .iter()
            .collect(),
    )
}

fn config() -> Config {
    Config {
        tls_cert: file("cert.pem"),
        tls_key: file("key.pem"),
        ..Config::default()
    }
}

#[tokio::test]
async fn a_certificate_makes_it_speak_tls() {
    let server = Server::with(config()).await;
    let mut roots = RootCertStore::empty();
    let cert =
        CertificateDer::from_pem_file(file("cert.pem").expect("a path")).expect("a certificate");
    roots.add(cert).expect("a certificate");
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = due(TlsConnector::from(Arc::new(tls)).connect(name, stream))
        .await
        .expect("TLS");
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a writable connection");
    let mut answer = String::new();
    due(stream.read_to_string(&mut answer))
        .await
        .expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    // What is no TLS gets no HTTP.
    let mut plain = TcpStream::connect(server.address)
        .await
        .expect("a connection");
    plain
        .write_all(request.as_bytes())
        .await
        .expect("a writable connection");
    let mut answer = Vec::new();
    let _ = due(plain.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    server.stop().await;
}

#[test]
fn files_that_are_no_certificate_are_named() {
    check(&config()).expect("a server");
    let swapped = Config {
        tls_cert: file("key.pem"),
        ..config()
    };
    let missing = Config {
        tls_key: file("nowhere.pem"),
        ..config()
    };
    for (config, name) in [(swapped, "key.pem"), (missing, "nowhere.pem")] {
        match check(&config) {
            Err(ServeError::Tls(TlsError::File { file, .. })) => assert!(file.ends_with(name)),
            other => panic!("{other:?}"),
        }
    }
}
