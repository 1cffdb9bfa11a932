//! The generated document against the contract, mechanically: operations, parameters, required
//! flags, property names, types, enums, status codes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::schema::{Shape, document, shape};

/// Operations of the contract that are not built yet. This list may only shrink.
const NOT_BUILT: &[&str] = &["listChannels", "getChannelEpg"];

#[derive(Debug, PartialEq)]
struct Operation {
    place: String,
    parameters: BTreeMap<(String, String), (bool, Shape)>,
    /// Whether it must be sent, and its JSON.
    body: Option<(bool, Shape)>,
    responses: BTreeMap<String, Option<Shape>>,
}

pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => document
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

fn operations(document: &Value) -> BTreeMap<String, Operation> {
    let mut all = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let parameters = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|parameter| {
                    let parameter = resolve(document, parameter);
                    let text = |name: &str| parameter[name].as_str().unwrap().to_owned();
                    (
                        (text("in"), text("name")),
                        (
                            parameter["required"].as_bool().unwrap_or(false),
                            shape(document, &parameter["schema"]),
                        ),
                    )
                });
            let body = operation.get("requestBody").map(|body| {
                let body = resolve(document, body);
                let schema = body.pointer("/content/application~1json/schema");
                (
                    body["required"].as_bool().unwrap_or(false),
                    shape(document, schema.unwrap_or(&Value::Null)),
                )
            });
            let responses =
                operation["responses"]
                    .as_object()
                    .unwrap()
                    .iter()
                    .map(|(status, response)| {
                        let response = resolve(document, response);
                        let body = response
                            .pointer("/content/application~1json/schema")
                            .map(|schema| shape(document, schema));
                        (status.clone(), body)
                    });
            all.insert(
                id,
                Operation {
                    place: format!("{method} {path}"),
                    parameters: parameters.collect(),
                    body,
                    responses: responses.collect(),
                },
            );
        }
    }
    all
}

fn compare(id: &str, contract: &Operation, ours: &Operation) {
    assert_eq!(contract.place, ours.place, "{id}: method and path");
    let names = |operation: &Operation| {
        operation
            .parameters
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(names(contract), names(ours), "{id}: parameters");
    for (name, (required, expected)) in &contract.parameters {
        let (our_required, found) = &ours.parameters[name];
        assert_eq!(required, our_required, "{id}: is {name:?} required");
        expected.check(found, &format!("{id} {name:?}"));
    }
    match (&contract.body, &ours.body) {
        (Some((required, expected)), Some((our_required, found))) => {
            assert_eq!(required, our_required, "{id}: is the body required");
            expected.check(found, &format!("{id} body"));
        }
        (None, None) => {}
        (expected, found) => panic!(
            "{id}: body expected {}, found {}",
            expected.is_some(),
            found.is_some()
        ),
    }
    let statuses =
        |operation: &Operation| operation.responses.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(statuses(contract), statuses(ours), "{id}: status codes");
    for (status, expected) in &contract.responses {
        match (expected, &ours.responses[status]) {
            (Some(expected), Some(found)) => expected.check(found, &format!("{id} {status}")),
            (None, None) => {}
            (expected, found) => panic!(
                "{id} {status}: body expected {}, found {}",
                expected.is_some(),
                found.is_some()
            ),
        }
    }
}

fn ours() -> BTreeMap<String, Operation> {
    operations(&serde_json::from_str(&marquee_api_odx::openapi::json()).unwrap())
}

#[test]
fn contract_operations_are_exactly_as_written() {
    let contract = operations(&document("odx-v4.yaml"));
    assert_eq!(contract.len(), 49);
    let ours = ours();
    let mut missing = Vec::new();
    for (id, expected) in &contract {
        match ours.get(id) {
            Some(found) => compare(id, expected, found),
            None => missing.push(id.as_str()),
        }
    }
    let mut listed = NOT_BUILT.to_vec();
    listed.sort_unstable();
    assert_eq!(missing, listed, "operations that are not built");
    assert!(
        NOT_BUILT.len() <= 2,
        "the list of operations that are not built has grown"
    );
}

#[test]
fn contract_extensions_are_exactly_as_written() {
    let contract = operations(&document("odx-v4.yaml"));
    let extensions = operations(&document("extensions.yaml"));
    let ours = ours();
    let extra: BTreeSet<&String> = ours
        .keys()
        .filter(|id| !contract.contains_key(*id))
        .collect();
    assert_eq!(extra, extensions.keys().collect::<BTreeSet<_>>());
    for (id, expected) in &extensions {
        compare(id, expected, &ours[id]);
    }
}
