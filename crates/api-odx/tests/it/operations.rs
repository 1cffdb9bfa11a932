//! The operations of the contract and of our extensions, with what a call of each can name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::contract::resolve;
use crate::schema::document;

/// An operation.
pub(crate) struct Named {
    /// Its parameters, headers too, and the members of its body.
    pub(crate) names: BTreeSet<String>,
    /// The ways to say who calls, where there are any.
    pub(crate) schemes: BTreeSet<String>,
    /// Whether an answer can set a cookie or hold a token.
    pub(crate) gives_tokens: bool,
}

/// All of them by their ids.
pub(crate) fn operations() -> BTreeMap<String, Named> {
    let mut all = BTreeMap::new();
    for file in ["odx-v4.yaml", "extensions.yaml"] {
        let document = document(file);
        let paths = document["paths"].as_object().unwrap().values();
        for operation in paths.flat_map(|methods| methods.as_object().unwrap().values()) {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            all.insert(id, named(&document, operation));
        }
    }
    all
}

fn named(document: &Value, operation: &Value) -> Named {
    let listed = operation["parameters"].as_array().into_iter().flatten();
    let mut names: BTreeSet<String> = listed
        .map(|one| resolve(document, one)["name"].as_str().unwrap().to_owned())
        .collect();
    if let Some(body) = operation.get("requestBody") {
        let schema = resolve(document, body).pointer("/content/application~1json/schema");
        let schema = resolve(document, schema.unwrap());
        names.extend(schema["properties"].as_object().unwrap().keys().cloned());
    }
    let schemes = operation["security"].as_array().into_iter().flatten();
    let responses = operation["responses"].as_object().unwrap().values();
    let mut responses = responses.map(|response| resolve(document, response));
    Named {
        names,
        schemes: schemes
            .flat_map(|scheme| scheme.as_object().unwrap().keys().cloned())
            .collect(),
        gives_tokens: responses.any(|response| {
            response["headers"].get("Set-Cookie").is_some()
                || has_token(document, &response["content"], 0)
        }),
    }
}

/// Whether anything below has a member for a token.
fn has_token(document: &Value, value: &Value, depth: usize) -> bool {
    assert!(depth < 40, "a schema refers to itself");
    match resolve(document, value) {
        Value::Object(members) => members.iter().any(|(name, member)| {
            name.ends_with("_token") || has_token(document, member, depth + 1)
        }),
        Value::Array(items) => items
            .iter()
            .any(|item| has_token(document, item, depth + 1)),
        _ => false,
    }
}
