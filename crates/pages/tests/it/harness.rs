//! The real router over a real database, a clock that stands still, and browsers that keep cookies.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use marquee_domain::letter::Letter;
use marquee_domain::{Clock, MockClock, PublicUrl, Timestamp, UiLanguage};
use marquee_http::ClientAddress;
use marquee_http::cookie::SameSite;
use marquee_identity::{
    Address, Client, Hasher, HasherSettings, Identity, IdentitySettings, NoProviders, Password,
    PasswordRule, SECRET_LEN, Sealer, SignedIn, SystemChance,
};
use marquee_limits::{Limits, Rates};
use marquee_pages::{Deps, router};
use marquee_storage::outbox;
use marquee_storage::testing::TestDb;
use tower::ServiceExt;
use url::form_urlencoded;

pub(crate) const NOW: Timestamp = 1_700_000_000_000;
pub(crate) const SAM: &str = "Sam@Example.com";
pub(crate) const PASSWORD: &str = "long enough";
pub(crate) const HOME: &str = "192.168.1.7";

pub(crate) struct TestApp {
    pub(crate) router: Router,
    pub(crate) test: TestDb,
    pub(crate) clock: Arc<MockClock>,
    pub(crate) identity: Identity,
    secure: bool,
}

pub(crate) fn cheap() -> HasherSettings {
    HasherSettings {
        memory_kib: 64,
        passes: 1,
        hands: 2,
        waiting: 64,
    }
}

pub(crate) fn client(ip: &str, app: &str) -> Client {
    let ip: IpAddr = ip.parse().unwrap();
    let address = ClientAddress {
        ip,
        via_proxy: false,
    };
    Client {
        device: None,
        device_type: "web".to_owned(),
        app: app.to_owned(),
        network: address.coarse(),
        ip: Some(ip),
        language: UiLanguage::En,
    }
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with("http://test.example", cheap()).await
    }

    /// One over each database that there is.
    pub(crate) async fn each() -> Vec<Self> {
        let databases = marquee_storage::testing::all().await.into_iter();
        databases
            .map(|(_, test)| Self::over(test, "http://test.example", cheap()))
            .collect()
    }

    pub(crate) async fn with(public_url: &str, hasher: HasherSettings) -> Self {
        let test = marquee_storage::testing::sqlite().await;
        Self::over(test, public_url, hasher)
    }

    fn over(test: TestDb, public_url: &str, hasher: HasherSettings) -> Self {
        let clock = Arc::new(MockClock::at(NOW));
        let identity = Identity::new(
            test.db.clone(),
            (clock.clone(), Arc::new(SystemChance)),
            Sealer::new(&[7; SECRET_LEN]).unwrap(),
            (
                Hasher::new(hasher, &SystemChance).unwrap(),
                Limits::new(Rates::default(), clock.clone(), None),
            ),
            Arc::new(NoProviders),
            IdentitySettings::new(&PublicUrl::new(public_url)),
        );
        let router = router(Deps {
            identity: identity.clone(),
            same_site: SameSite::Lax,
            public_url: PublicUrl::new(public_url),
            regions: marquee_http::region::Regions::default(),
            name: "Testhouse".to_owned(),
        });
        Self {
            router,
            test,
            clock,
            identity,
            secure: public_url.starts_with("https"),
        }
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            app: self,
            cookies: BTreeMap::new(),
            headers: vec![("accept-language", "en".to_owned())],
            ip: HOME.to_owned(),
            token: String::new(),
        }
    }

    /// The letters that wait, which are taken out of the outbox.
    pub(crate) async fn letters(&self) -> Vec<Letter> {
        let now = self.clock.now();
        let mut unit = self.test.db.begin().await.unwrap();
        let mails = outbox::claim(&mut unit, now, 1_000, 100).await.unwrap();
        for mail in &mails {
            outbox::sent(&mut unit, mail.id, now).await.unwrap();
        }
        unit.save().await.unwrap();
        let mut letters = Vec::new();
        for mail in &mails {
            letters.extend(self.identity.letter(mail).await.unwrap());
        }
        letters
    }

    pub(crate) async fn code(&self) -> String {
        match self.letters().await.pop() {
            Some(Letter::SignUpCode { code, .. }) => code,
            _ => panic!("no code was mailed"),
        }
    }

    /// Somebody with an account, by the rules alone.
    pub(crate) async fn person(&self, address: &str) -> SignedIn {
        let from = client(HOME, "somewhere");
        let parsed = Address::parse(address).unwrap();
        let identity = &self.identity;
        identity.request_sign_up(&parsed, &from).await.unwrap();
        let code = self.code().await;
        identity
            .verify_sign_up(&parsed, &code, &from)
            .await
            .unwrap();
        let password = Password::new(PASSWORD);
        identity
            .complete_sign_up(&parsed, (&password, PasswordRule::Experience), "Sam", &from)
            .await
            .unwrap()
    }
}

pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Page {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub(crate) fn cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all("set-cookie").iter();
        all.map(|v| v.to_str().unwrap()).collect()
    }

    pub(crate) fn says(&self, text: &str) {
        assert!(self.text().contains(text), "no {text:?} in {}", self.text());
    }

    pub(crate) fn leads_to(&self, location: &str) {
        assert_eq!(
            (self.status, self.header("location")),
            (303, location),
            "{}",
            self.text()
        );
    }

    /// The token of its forms.
    pub(crate) fn token(&self) -> Option<String> {
        let rest = self.text().split("name=\"form\" value=\"").nth(1)?;
        Some(rest.split('"').next()?.to_owned())
    }
}

pub(crate) struct Browser<'a> {
    app: &'a TestApp,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) ip: String,
    /// Of the last page that had a form.
    pub(crate) token: String,
}

impl Browser<'_> {
    pub(crate) fn name(&self, cookie: &str) -> String {
        let prefix = if self.app.secure { "__Host-" } else { "" };
        format!("{prefix}{cookie}")
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(&self.name(name)).map(String::as_str)
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, body: Vec<u8>) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        // The refresh cookie has a path of its own.
        let sent: Vec<String> = self
            .cookies
            .iter()
            .filter(|(name, _)| *name != "refresh_token")
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !sent.is_empty() {
            request = request.header("cookie", sent.join("; "));
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ClientAddress {
            ip: self.ip.parse().unwrap(),
            via_proxy: false,
        });
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let page = Page {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes: body.collect().await.unwrap().to_bytes().to_vec(),
        };
        for cookie in page.cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if page.header("content-type").starts_with("text/html")
            && let Some(token) = page.token()
        {
            self.token = token;
        }
        page
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, Vec::new()).await
    }

    /// Sends the form of the last page.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("form", &self.token).extend_pairs(fields);
        let body = form.finish().into_bytes();
        let kind = "application/x-www-form-urlencoded".to_owned();
        self.headers.push(("content-type", kind));
        let page = self.send("POST", path, body).await;
        self.headers.pop();
        page
    }

    pub(crate) async fn sign_in(&mut self, path: &str) -> Page {
        self.get(path).await;
        let fields = [("email", SAM), ("password", PASSWORD)];
        self.post(path, &fields).await
    }
}
