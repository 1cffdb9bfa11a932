//! The web app: embedded files, served compressed, and one page for every address of the app.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use marquee_http::cached::Answer;
use serde_json::json;

use crate::assets::Web;

/// Scripts and styles come from here only; pictures and media from wherever the catalog says.
const CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: http: https:; \
     media-src 'self' blob: http: https:; connect-src 'self' http: https:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; \
     form-action 'self'; frame-ancestors 'none'",
);

/// Shown when the binary was built without the web page.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
<title>Marquee</title><h1>Marquee is running</h1><p>This binary was built without the web page. Build it with <code>cargo xtask web</code>, \
then build the binary again.</p><p>The API is at <code>/odx/api/v4/</code>, its description at <a href=\"/docs\">/docs</a>.</p></html>";

/// What the web app is told before it starts.
pub(crate) struct AppConfig {
    pub(crate) services: Vec<String>,
    pub(crate) demo: bool,
}

struct Site {
    files: HashMap<String, Answer>,
    index: Answer,
    config: serde_json::Value,
}

/// The pages as a fallback of everything else.
pub(crate) fn router(config: &AppConfig) -> Router {
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    let ask = HeaderValue::from_static("no-cache");
    let mut files = HashMap::new();
    for name in Web::iter() {
        let Some(file) = Web::get(&name) else {
            continue;
        };
        let content_type = HeaderValue::from_static(content_type(&name));
        // The bundler puts the hash of a file into its name below assets/.
        let cache = if name.starts_with("assets/") {
            forever.clone()
        } else {
            ask.clone()
        };
        files.insert(
            name.to_string(),
            Answer::file(file.data.into_owned().into(), content_type, cache),
        );
    }
    let html =
        Web::get("index.html").map_or_else(|| NOT_BUILT.into(), |file| file.data.into_owned());
    let index = Answer::file(
        html.into(),
        HeaderValue::from_static("text/html; charset=utf-8"),
        ask,
    );
    let config = json!({
        "service": config.services.first(),
        "services": config.services,
        "demo": config.demo,
        "version": env!("CARGO_PKG_VERSION"),
        "languages": marquee_domain::UiLanguage::ALL.map(marquee_domain::UiLanguage::code),
    });
    let site = Arc::new(Site {
        files,
        index,
        config,
    });
    Router::new()
        .route("/app-config.json", get(app_config))
        .fallback(page)
        .with_state(site)
}

async fn app_config(State(site): State<Arc<Site>>) -> Response<Body> {
    ([(header::CACHE_CONTROL, "no-cache")], Json(&site.config)).into_response()
}

async fn page(State(site): State<Arc<Site>>, request: Request) -> Response<Body> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (
            StatusCode::METHOD_NOT_ALLOWED,
            [(header::ALLOW, "GET, HEAD")],
        )
            .into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if let Some(file) = site.files.get(path).filter(|_| path != "index.html") {
        return file.respond(request.headers());
    }
    // A name with an extension is a file that is not there; anything else is an address of the app.
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_file = path.starts_with("assets/")
        || (last.contains('.') && !path.starts_with("browse/") && !path.starts_with("watch/"));
    if is_file {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    }
    let mut response = site.index.respond(request.headers());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, CSP);
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    response
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webmanifest" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
