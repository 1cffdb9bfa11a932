//! `/docs`: the faces' descriptions, readable without any script.

use std::fmt::Write;

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use serde_json::Value;

/// The faces that describe themselves: name, title, document.
fn documents() -> [(&'static str, &'static str, String); 2] {
    [
        ("odx-v4", "Experience API", marquee_api_odx::openapi::json()),
        (
            "operator",
            "Operator API",
            marquee_api_operator::openapi::json(),
        ),
    ]
}

/// The generated document of a face.
pub(crate) fn document(name: &str) -> Option<String> {
    documents()
        .into_iter()
        .find(|(known, ..)| *known == name)
        .map(|(.., document)| document)
}

pub(crate) fn router() -> Router {
    let mut router = Router::new().route("/docs", get(|| async { Html(page()) }));
    for (name, _, document) in documents() {
        let path = format!("/docs/{name}.json");
        router = router.route(
            &path,
            get(move || async move {
                ([(header::CONTENT_TYPE, "application/json")], document).into_response()
            }),
        );
    }
    router
}

/// Everything here comes from our own source, and is escaped all the same.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn page() -> String {
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Marquee API</title>\
         <style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}code{background:#8882;padding:.1em .3em;border-radius:.2em}\
         table{border-collapse:collapse;width:100%}td{border-top:1px solid #8884;padding:.4rem .6rem;vertical-align:top}:root{color-scheme:light dark}</style>\
         <h1>Marquee API</h1>",
    );
    for (name, title, document) in documents() {
        let document: Value = serde_json::from_str(&document).unwrap_or_default();
        let base = document
            .pointer("/servers/0/url")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let _ = write!(
            html,
            "<h2>{title}</h2><p>OpenAPI document: <a href=\"/docs/{name}.json\">{name}.json</a></p><table>"
        );
        for (path, methods) in document
            .get("paths")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let summary = operation
                    .get("summary")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let id = operation
                    .get("operationId")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let (method, path) = (method.to_uppercase(), escape(&format!("{base}{path}")));
                let _ = write!(
                    html,
                    "<tr><td><code>{method} {path}</code></td><td>{}</td><td>{}</td></tr>",
                    escape(id),
                    escape(summary)
                );
            }
        }
        html.push_str("</table>");
    }
    html.push_str("</html>");
    html
}
