//! JSON schemas in a form that can be compared: references resolved, `allOf` merged, `const` and
//! `enum` one thing, descriptions and marks left out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

/// A contract file as JSON.
pub(crate) fn document(name: &str) -> Value {
    let path = format!("{}/../../contract/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_saphyr::from_str(&std::fs::read_to_string(&path).expect(&path)).expect(&path)
}

/// What a schema asks for.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Shape {
    types: BTreeSet<String>,
    values: BTreeSet<String>,
    properties: BTreeMap<String, Shape>,
    required: BTreeSet<String>,
    items: Option<Box<Shape>>,
    other_properties: Option<Box<Shape>>,
    one_of: Vec<Shape>,
    bounds: BTreeMap<String, String>,
}

/// The shape of a schema.
pub(crate) fn shape(document: &Value, schema: &Value) -> Shape {
    let mut shape = Shape::default();
    add(document, schema, &mut shape, 0);
    shape
}

fn add(document: &Value, schema: &Value, shape: &mut Shape, depth: usize) {
    assert!(depth < 40, "a schema refers to itself");
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere"));
        add(document, target, shape, depth + 1);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        add(document, part, shape, depth + 1);
    }
    match &schema["type"] {
        Value::String(kind) => _ = shape.types.insert(kind.clone()),
        Value::Array(kinds) => shape.types.extend(
            kinds
                .iter()
                .filter_map(|kind| kind.as_str().map(str::to_owned)),
        ),
        _ => {}
    }
    if let Some(value) = schema.get("const") {
        shape.values = BTreeSet::from([value.to_string()]);
        shape
            .types
            .extend(value.is_string().then(|| "string".to_owned()));
    }
    if let Some(values) = schema["enum"].as_array() {
        let own: BTreeSet<String> = values.iter().map(Value::to_string).collect();
        shape.values = if shape.values.is_empty() {
            own
        } else {
            shape.values.intersection(&own).cloned().collect()
        };
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let slot = shape.properties.entry(name.clone()).or_default();
        add(document, property, slot, depth + 1);
    }
    shape.required.extend(
        schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned)),
    );
    if schema["items"].is_object() {
        shape.items = Some(Box::new(self::shape(document, &schema["items"])));
    }
    if schema["additionalProperties"].is_object() {
        shape.other_properties = Some(Box::new(self::shape(
            document,
            &schema["additionalProperties"],
        )));
    }
    for one in schema["oneOf"].as_array().into_iter().flatten() {
        shape.one_of.push(self::shape(document, one));
    }
    for bound in ["default", "minimum", "maximum", "minLength", "maxLength"] {
        if let Some(value) = schema.get(bound) {
            // 1 and 1.0 are one number.
            shape.bounds.insert(
                bound.to_owned(),
                value
                    .as_f64()
                    .map_or_else(|| value.to_string(), |number| number.to_string()),
            );
        }
    }
}

impl Shape {
    /// Panics where `found` differs, with the place.
    pub(crate) fn check(&self, found: &Self, place: &str) {
        assert_eq!(self.types, found.types, "{place}: type");
        assert_eq!(self.values, found.values, "{place}: values");
        assert_eq!(self.required, found.required, "{place}: required");
        assert_eq!(self.bounds, found.bounds, "{place}: bounds");
        for (name, property) in &found.properties {
            // A property that the contract only asks for by name must have the shape of its other properties.
            let expected = self.properties.get(name).or(self
                .other_properties
                .as_deref()
                .filter(|_| self.required.contains(name)));
            let expected =
                expected.unwrap_or_else(|| panic!("{place}: {name} is not in the contract"));
            expected.check(property, &format!("{place}.{name}"));
        }
        for name in self.properties.keys() {
            assert!(
                found.properties.contains_key(name),
                "{place}: {name} is missing"
            );
        }
        for (what, expected, found) in [
            ("items", &self.items, &found.items),
            (
                "other properties",
                &self.other_properties,
                &found.other_properties,
            ),
        ] {
            match (expected, found) {
                (Some(expected), Some(found)) => expected.check(found, &format!("{place} {what}")),
                (None, None) => {}
                (expected, _) => panic!("{place}: {what} expected: {}", expected.is_some()),
            }
        }
        assert_eq!(
            self.one_of.len(),
            found.one_of.len(),
            "{place}: alternatives"
        );
        for (expected, found) in self.one_of.iter().zip(&found.one_of) {
            expected.check(found, &format!("{place} alternative"));
        }
    }
}

/// The contract with our extensions in it.
static CONTRACT: LazyLock<Value> = LazyLock::new(|| {
    let mut contract = document("odx-v4.yaml");
    let extensions = document("extensions.yaml");
    for (path, item) in extensions["paths"].as_object().unwrap() {
        contract["paths"][path] = item.clone();
    }
    for (name, schema) in extensions["components"]["schemas"].as_object().unwrap() {
        contract["components"]["schemas"][name] = schema.clone();
    }
    contract
});

/// Validators by operation and status: making one takes longer than the call that it checks.
type Validators = BTreeMap<(String, u16), Arc<Validator>>;

static VALIDATORS: Mutex<Validators> = Mutex::new(BTreeMap::new());

fn validator(operation: &str, status: u16) -> Arc<Validator> {
    let key = (operation.to_owned(), status);
    if let Some(made) = VALIDATORS.lock().unwrap().get(&key) {
        return made.clone();
    }
    let contract = &*CONTRACT;
    let found = contract["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values());
    let operation = found
        .into_iter()
        .find(|o| o["operationId"] == operation)
        .unwrap_or_else(|| panic!("no operation {operation}"));
    let response = operation["responses"]
        .get(status.to_string())
        .unwrap_or(&operation["responses"]["default"]);
    let response = match response["$ref"].as_str() {
        Some(reference) => contract.pointer(&reference[1..]).unwrap(),
        None => response,
    };
    let schema = response
        .pointer("/content/application~1json/schema")
        .unwrap();
    let whole = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "components": contract["components"], "allOf": [schema]});
    let made = Arc::new(jsonschema::validator_for(&whole).unwrap());
    VALIDATORS.lock().unwrap().insert(key, made.clone());
    made
}

/// Checks a response body against the contract's schema for an operation and status.
pub(crate) fn validate(operation: &str, status: u16, body: &Value) {
    let validator = validator(operation, status);
    let errors: Vec<String> = validator
        .iter_errors(body)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{operation}: {errors:#?}\n{body:#}");
}
