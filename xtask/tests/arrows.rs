//! The allowed arrows between our crates, held against `cargo metadata`. A new arrow is a decision:
//! record it here and in `ARCHITECTURE.md`.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Crate and the crates of ours that it may use. Later ones may use earlier ones, and only those named.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("storage", &["domain"]),
    ("limits", &["domain"]),
    ("mail", &["domain"]),
    ("egress", &[]),
    ("identity", &["domain", "storage", "egress", "limits"]),
    ("search", &["domain"]),
    ("recommend", &["domain"]),
    ("catalog", &["domain", "storage", "search", "recommend"]),
    ("redis", &["domain", "catalog", "limits"]),
    ("packager", &["domain"]),
    ("engine", &["domain", "storage", "egress", "packager"]),
    ("artwork", &["engine"]),
    (
        "ingest",
        &[
            "domain", "storage", "catalog", "packager", "engine", "egress", "artwork",
        ],
    ),
    ("http", &["domain", "identity", "limits"]),
    (
        "api-odx",
        &["domain", "http", "catalog", "storage", "identity", "limits"],
    ),
    (
        "api-media",
        &["domain", "http", "engine", "packager", "catalog", "artwork"],
    ),
    (
        "api-operator",
        &[
            "domain", "http", "ingest", "catalog", "identity", "engine", "storage", "artwork",
        ],
    ),
    ("pages", &["domain", "http", "identity"]),
    (
        "server",
        &[
            "domain",
            "storage",
            "limits",
            "mail",
            "egress",
            "identity",
            "search",
            "recommend",
            "catalog",
            "redis",
            "packager",
            "engine",
            "artwork",
            "ingest",
            "http",
            "api-odx",
            "api-media",
            "api-operator",
            "pages",
        ],
    ),
];

/// Foreign crates that only these crates of ours may name.
const ONLY: &[(&str, &[&str])] = &[
    ("sqlx", &["storage"]),
    ("tantivy", &["search"]),
    ("faer", &["recommend"]),
    ("redis", &["redis"]),
    ("lettre", &["mail"]),
    ("reqwest", &["egress"]),
    ("object_store", &["engine"]),
    ("image", &["artwork"]),
    ("webp", &["artwork"]),
    (
        "axum",
        &[
            "http",
            "api-odx",
            "api-media",
            "api-operator",
            "pages",
            "server",
        ],
    ),
    ("maud", &["pages"]),
    ("config", &["server"]),
    ("clap", &["server", "xtask"]),
];

fn metadata() -> Value {
    let cargo = env!("CARGO");
    let out = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    serde_json::from_slice(&out.stdout).unwrap()
}

/// Our crates with what they use, tests left out.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    packages
        .iter()
        .map(|package| {
            let used = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|d| d["kind"] != "dev")
                .map(name);
            (name(package).replace("marquee-", ""), used.collect())
        })
        .collect()
}

#[test]
fn crates_use_only_what_they_may() {
    let arrows = arrows();
    for (package, used) in &arrows {
        if package == "xtask" {
            continue;
        }
        let allowed = ALLOWED
            .iter()
            .find(|(name, _)| name == package)
            .unwrap_or_else(|| panic!("{package} is not in the list"))
            .1;
        for ours in used.iter().filter_map(|name| name.strip_prefix("marquee-")) {
            assert!(allowed.contains(&ours), "{package} may not use {ours}");
        }
    }
    for (package, _) in ALLOWED {
        assert!(
            arrows.contains_key(*package),
            "{package} is in the list and not in the workspace"
        );
    }
}

#[test]
fn drivers_and_frameworks_stay_where_they_belong() {
    let arrows = arrows();
    for (foreign, owners) in ONLY {
        for (package, used) in &arrows {
            assert!(
                !used.contains(*foreign) || owners.contains(&package.as_str()),
                "{package} may not name {foreign}"
            );
        }
    }
}
