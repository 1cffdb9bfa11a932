//! Whom to trust where the system does not say.

use std::sync::OnceLock;

use rustls_pki_types::CertificateDer;

/// Mozilla's certificate authorities, built in, where the system has none of its own: a bare container has no
/// `ca-certificates`, and no TLS client can be made there. Empty elsewhere: what the system trusts is its operator's choice.
pub fn own_roots() -> &'static [CertificateDer<'static>] {
    static NEEDED: OnceLock<bool> = OnceLock::new();
    if *NEEDED.get_or_init(|| rustls_native_certs::load_native_certs().certs.is_empty()) {
        webpki_root_certs::TLS_SERVER_ROOT_CERTS
    } else {
        &[]
    }
}

/// A client that trusts these beside those of the system.
pub(crate) fn trusting(roots: &[CertificateDer<'_>]) -> reqwest::ClientBuilder {
    let roots = roots
        .iter()
        .filter_map(|root| reqwest::Certificate::from_der(root).ok());
    reqwest::Client::builder().tls_certs_merge(roots)
}
