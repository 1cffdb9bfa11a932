//! `/outbox`: the mails that lie in the data folder, for whoever tries the demo. Nothing but the demo shows it.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use marquee_domain::clock::rfc3339;
use marquee_mail::{Files, Kept, escape};

/// How many are shown.
const SHOWN: usize = 50;

/// Nothing but the page itself and its own style.
const CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The colours of the web app (`web/src/app.css`).
const STYLE: &str = "\
:root{color-scheme:dark;font-size:16px}\
body{margin:0 auto;max-width:46rem;padding:2rem 1rem 4rem;background:#0a090c;color:#f7f2e8;line-height:1.5;\
font-family:Inter,'Segoe UI',system-ui,-apple-system,Roboto,'Noto Sans CJK KR','Noto Sans CJK SC',sans-serif}\
h1{letter-spacing:-.025em}h2{margin:0;font-size:1.1rem}\
article{margin:0 0 1.2rem;padding:1.2rem;border:1px solid #2f2a36;border-radius:.6rem;background:#131117}\
.quiet{color:#bfb7ad;font-size:.9rem;margin:.2rem 0 0}\
pre{margin:1rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\
a{color:#ffc857}a:focus-visible{outline:3px solid #ffc857;outline-offset:3px}";

/// The page of a folder.
pub(crate) fn router(files: Files) -> Router {
    Router::new().route("/outbox", get(page)).with_state(files)
}

async fn page(State(files): State<Files>) -> Response {
    let Ok(mails) = files.newest(SHOWN).await else {
        let answer = (
            StatusCode::SERVICE_UNAVAILABLE,
            "the outbox cannot be read\n",
        );
        return answer.into_response();
    };
    let mails: String = mails.iter().map(article).collect();
    let mails = if mails.is_empty() {
        "<p class=\"quiet\">No mail yet.</p>".to_owned()
    } else {
        mails
    };
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"robots\" content=\"noindex\"><title>Outbox</title><style>{STYLE}</style></head><body><h1>Outbox</h1>\
         <p class=\"quiet\">Mails that this demo would have sent, newest first.</p>{mails}</body></html>"
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(html)).into_response()
}

fn article(mail: &Kept) -> String {
    format!(
        "<article><h2>{}</h2><p class=\"quiet\">{} · <time>{}</time></p><pre>{}</pre></article>",
        escape(&mail.subject),
        escape(&mail.to),
        rfc3339(mail.at),
        linked(&mail.text)
    )
}

/// A text whose lines that are addresses are links.
fn linked(text: &str) -> String {
    let line = |line: &str| {
        let said = escape(line);
        if line.starts_with("http://") || line.starts_with("https://") {
            format!("<a href=\"{said}\" rel=\"noreferrer\">{said}</a>")
        } else {
            said
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
