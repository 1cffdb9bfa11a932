//! A provider of ID tokens on this machine, for tests: real keys, published over real HTTP.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marquee_domain::account::Provider;
use serde_json::{Value, json};

use crate::ProviderSettings;

/// Length of the modulus of a test's RSA key, in bytes.
const MODULUS: usize = 256;

/// A key that signs tokens.
pub struct TestKey {
    /// Its name.
    pub kid: String,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

impl TestKey {
    /// A new RSA key.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn rsa(kid: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key");
        Self {
            kid: kid.to_owned(),
            pair: Pair::Rsa(pair),
        }
    }

    /// A new key on the curve P-256.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn ec(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("an EC key");
        Self {
            kid: kid.to_owned(),
            pair: Pair::Ec(pair),
        }
    }

    /// The way of signing, as tokens name it.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::Ec(_) => "ES256",
        }
    }

    /// The public half as the library writes it: PKCS #1 for RSA, a point for the curve.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// The public half as it is published.
    ///
    /// # Panics
    /// When the library writes keys in another way than it did.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let public = self.public();
        let text = |from: usize, length: usize| {
            let part = public.get(from..from + length).expect("a whole public key");
            URL_SAFE_NO_PAD.encode(part)
        };
        let mut jwk = match self.pair {
            // A sequence of two integers (RFC 8017, appendix A.1.1): nine bytes come before the modulus, and the
            // exponent is 65537.
            Pair::Rsa(_) => json!({"kty": "RSA", "n": text(9, MODULUS), "e": "AQAB"}),
            Pair::Ec(_) => {
                json!({"kty": "EC", "crv": "P-256", "x": text(1, 32), "y": text(33, 32)})
            }
        };
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk["alg"] = json!(self.algorithm());
        jwk
    }

    /// A token with exactly this header and these bytes in it.
    ///
    /// # Panics
    /// When it cannot be signed.
    #[must_use]
    pub fn sign(&self, header: &Value, payload: &[u8]) -> String {
        let message = unsigned(header, payload);
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; MODULUS];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &random,
                    message.as_bytes(),
                    &mut signature,
                )
                .expect("a signature");
                signature
            }
            Pair::Ec(pair) => {
                let signature = pair.sign(&random, message.as_bytes());
                signature.expect("a signature").as_ref().to_vec()
            }
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token with these claims, as the provider makes it.
    #[must_use]
    pub fn token(&self, claims: &Value) -> String {
        let header = json!({"alg": self.algorithm(), "kid": self.kid, "typ": "JWT"});
        self.sign(&header, claims.to_string().as_bytes())
    }
}

/// Header and payload of a token, without a signature.
#[must_use]
pub fn unsigned(header: &Value, payload: &[u8]) -> String {
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload))
}

/// How the provider's server behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// It publishes its keys.
    Publishes,
    /// It hangs up.
    Down,
    /// It takes the request and says nothing until it publishes again.
    Silent,
    /// It answers with exactly these bytes.
    Says(Vec<u8>),
}

struct State {
    keys: Vec<Value>,
    behaviour: Behaviour,
    cache_control: String,
    asked: usize,
    silent: Vec<TcpStream>,
    ended: bool,
}

impl State {
    /// The answer that publishes the keys.
    fn published(&self) -> Vec<u8> {
        let body = json!({"keys": self.keys}).to_string();
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.cache_control,
            body.len()
        )
        .into_bytes()
    }
}

/// A provider's server on this machine, gone with this value.
pub struct FakeProvider {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl FakeProvider {
    /// Starts one that publishes these keys, good for an hour.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn start(keys: &[&TestKey]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State {
            keys: keys.iter().map(|key| key.jwk()).collect(),
            behaviour: Behaviour::Publishes,
            cache_control: "public, max-age=3600".to_owned(),
            asked: 0,
            silent: Vec::new(),
            ended: false,
        }));
        let served = state.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                if lock(&served).ended {
                    return;
                }
                // What a client does with its connection is its business.
                let _ = serve(connection, &served);
            }
        });
        Self { address, state }
    }

    /// What a server of ours has to be told about it.
    #[must_use]
    pub fn settings(&self, provider: Provider, client_ids: &[&str]) -> ProviderSettings {
        let client_ids = client_ids.iter().map(|&id| id.to_owned()).collect();
        ProviderSettings {
            keys_url: self.keys_url(),
            ..ProviderSettings::usual(provider, client_ids)
        }
    }

    /// Where it publishes its keys.
    #[must_use]
    pub fn keys_url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    /// Publishes other keys from now on.
    pub fn publish(&self, keys: Vec<Value>) {
        lock(&self.state).keys = keys;
    }

    /// Behaves in another way from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        let mut state = lock(&self.state);
        state.behaviour = behaviour;
        if state.behaviour == Behaviour::Publishes {
            let answer = state.published();
            for mut waiting in std::mem::take(&mut state.silent) {
                // Who waited may have gone.
                let _ = waiting.write_all(&answer);
            }
        }
    }

    /// Says something else from now on about how long its answers are good.
    pub fn cache_control(&self, value: &str) {
        lock(&self.state).cache_control = value.to_owned();
    }

    /// How often it was asked.
    #[must_use]
    pub fn asked(&self) -> usize {
        lock(&self.state).asked
    }
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        lock(&self.state).ended = true;
        let _ = TcpStream::connect(self.address);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut connection: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut request: Vec<u8> = Vec::new();
    let mut piece = [0; 1024];
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        match connection.read(&mut piece)? {
            0 => return Ok(()),
            n => request.extend(piece.iter().take(n)),
        }
    }
    let mut state = lock(state);
    state.asked += 1;
    let answer = match &state.behaviour {
        Behaviour::Publishes => state.published(),
        Behaviour::Down => return Ok(()),
        Behaviour::Silent => {
            state.silent.push(connection);
            return Ok(());
        }
        Behaviour::Says(bytes) => bytes.clone(),
    };
    drop(state);
    connection.write_all(&answer)
}
