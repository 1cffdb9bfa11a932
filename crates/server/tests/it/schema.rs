//! Every operation of the experience API under requests that `schemathesis` of PyPI makes from the
//! generated document: no server error, and no answer that the document does not describe.

use std::path::Path;
use std::process::Command;

use marquee_redis::testing::TestRedis;
use marquee_storage::testing::postgres;

use crate::binary::{Server, demo, folder, marquee, run, said};

/// Requests per operation and phase: more find nothing new in minutes.
const EXAMPLES: &str = "25";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method";

/// Lets it loose on a server that serves the demo's catalog.
fn explore(dir: &Path, python: &str, settings: &[(&str, &str)]) {
    let command = || {
        let mut command = marquee(dir);
        command.envs(settings.iter().copied());
        command
    };
    let import = command()
        .args(["import", "catalog"])
        .arg(demo("catalog.jsonl"))
        .output()
        .unwrap();
    assert!(import.status.success(), "{:?}", said(&import));
    let server = Server::with(command());
    let document = run(dir, &["openapi", "odx-v4"]);
    assert!(document.status.success(), "{:?}", said(&document));
    std::fs::write(dir.join("openapi.json"), &document.stdout).unwrap();
    let explored = Command::new(python)
        .args(["-m", "schemathesis.cli", "run", "openapi.json"])
        .args(["--url", &format!("{}/odx/api/v4", server.url)])
        .args(["--checks", CHECKS, "--max-examples", EXAMPLES])
        .args(["--seed", "7", "--no-shrink", "--warnings", "off"])
        .current_dir(dir)
        .output()
        .unwrap();
    let (code, printed, complaints) = said(&explored);
    assert_eq!(code, Some(0), "{printed}\n{complaints}");
    for what in ["Tested:", "generated"] {
        let line = printed.lines().find(|line| line.contains(what));
        println!("{}", line.unwrap_or_default().trim());
    }
}

#[test]
fn generated_requests_meet_no_fault_on_either_database() {
    let dirs = [folder(), folder(), folder()];
    let [tools, one, other] = dirs.each_ref().map(tempfile::TempDir::path);
    let Some(python) = crate::python::with(tools, "schemathesis", "schemathesis") else {
        return;
    };
    explore(one, &python, &[]);

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (Some(db), Some(redis)) = (runtime.block_on(postgres()), TestRedis::start()) else {
        return;
    };
    let settings = [
        ("MARQUEE_DATABASE__URL", db.options.address.as_str()),
        ("MARQUEE_REDIS__URL", &redis.url()),
    ];
    explore(other, &python, &settings);
}
