//! What a backup holds, with keys in the place of ids.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, BufReader};

use serde_json::Value;

/// Rows by column.
pub(crate) type Rows = Vec<BTreeMap<String, Value>>;

/// The tables of a backup.
pub(crate) fn tables(backup: &[u8]) -> HashMap<String, Rows> {
    let mut tables: HashMap<String, Rows> = HashMap::new();
    let mut current = (String::new(), Vec::new());
    for line in BufReader::new(flate2::read::GzDecoder::new(backup)).lines() {
        match serde_json::from_str(&line.unwrap()).unwrap() {
            Value::Object(header) => {
                if let (Some(table), Some(columns)) = (header.get("table"), header.get("columns")) {
                    current = (
                        table.as_str().unwrap().to_owned(),
                        serde_json::from_value(columns.clone()).unwrap(),
                    );
                }
            }
            Value::Array(row) => {
                let row = current.1.iter().cloned().zip(row).collect();
                tables.entry(current.0.clone()).or_default().push(row);
            }
            other => panic!("{other}"),
        }
    }
    tables
}

/// A line per row of the catalog, the same for all databases that hold the same.
pub(crate) fn essence(backup: &[u8]) -> BTreeSet<String> {
    let mut tables = tables(backup);
    let mut names: HashMap<(String, i64), Value> = HashMap::new();
    for (table, kind) in [
        ("labels", "label"),
        ("series", "series"),
        ("seasons", "season"),
        ("contents", "content"),
        ("row_groups", "group"),
        ("multichannels", "bundle"),
    ] {
        for row in tables.get(table).into_iter().flatten() {
            let id = row["id"].as_i64().unwrap();
            names.insert((kind.to_owned(), id), row["external_key"].clone());
        }
    }
    let name = |kind: &str, id: &Value| match id.as_i64() {
        Some(id) => names
            .get(&(kind.to_owned(), id))
            .cloned()
            .unwrap_or_else(|| format!("{kind} {id} is nowhere").into()),
        None => Value::Null,
    };
    let mut lines = BTreeSet::new();
    for table in [
        "services",
        "labels",
        "series",
        "seasons",
        "contents",
        "category_items",
        "title_texts",
        "title_labels",
        "row_groups",
        "home_rows",
        "covers",
        "multichannels",
        "channels",
        "sources",
    ] {
        for mut row in tables.remove(table).unwrap_or_default() {
            row.remove("id");
            for (column, kind) in [
                ("category_id", "label"),
                ("label_id", "label"),
                ("group_id", "group"),
                ("multichannel_id", "bundle"),
                ("series_id", "series"),
                ("season_id", "season"),
                ("content_id", "content"),
            ] {
                if let Some(id) = row.get_mut(column) {
                    *id = name(kind, id);
                }
            }
            if let Some(kind) = row.get("item_kind").and_then(Value::as_str) {
                let item = name(kind, &row["item_id"]);
                row.insert("item_id".to_owned(), item);
            }
            if let Some(doc) = row.get("doc").and_then(Value::as_str) {
                let mut doc: Value = serde_json::from_str(doc).unwrap();
                for list in ["categories", "tags"] {
                    for id in doc
                        .get_mut(list)
                        .and_then(Value::as_array_mut)
                        .into_iter()
                        .flatten()
                    {
                        *id = name("label", id);
                    }
                }
                for credit in doc
                    .get_mut("credits")
                    .and_then(Value::as_array_mut)
                    .into_iter()
                    .flatten()
                {
                    credit["person"] = name("label", &credit["person"]);
                }
                for image in doc
                    .get_mut("images")
                    .and_then(Value::as_array_mut)
                    .into_iter()
                    .flatten()
                {
                    image["id"] = Value::Null;
                }
                row.insert("doc".to_owned(), doc);
            }
            lines.insert(format!("{table} {}", serde_json::to_string(&row).unwrap()));
        }
    }
    lines
}
