//! Accounts through the real binary: two nodes of one database, the command line beside them, and restarts.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use marquee_storage::testing::{TestDb, postgres};
use serde_json::{Value, json};

use crate::binary::{Answer, PATIENCE, Server, folder, marquee, movie, until};

const PASSWORD: &str = "long enough";
const JSON: (&str, &str) = ("content-type", "application/json");
const SERVICE: (&str, &str) = ("service-name", "amasian");

fn post(server: &Server, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let headers = [&[SERVICE, JSON], headers].concat();
    let path = format!("/odx/api/v4{path}");
    server.call("POST", &path, &headers, body.to_string().as_bytes())
}

fn get(server: &Server, path: &str, bearer: Option<&str>) -> Answer {
    let mut headers = vec![SERVICE];
    headers.extend(bearer.map(|bearer| ("authorization", bearer)));
    server.call("GET", &format!("/odx/api/v4{path}"), &headers, b"")
}

/// Makes an account on the command line, beside whatever runs.
fn add(mut command: std::process::Command, address: &str, role: &str) {
    let mut child = command
        .args(["user", "add", address, "--role", role, "--password-stdin"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{PASSWORD}").unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

fn sign_in(server: &Server, address: &str) -> String {
    let body = json!({"email": address, "password": PASSWORD});
    let answer = post(server, "/auth/sign-in/", &[], &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let token = answer.json()["result"]["access_token"].clone();
    format!("Bearer {}", token.as_str().unwrap())
}

fn node(dir: &Path, db: &TestDb) -> std::process::Command {
    std::fs::create_dir_all(dir).unwrap();
    let mut command = marquee(dir);
    command.env("MARQUEE_DATABASE__URL", &db.options.address);
    let secret = dir.parent().unwrap().join("secret.key");
    command.env("MARQUEE_AUTH__SECRET_FILE", secret);
    // Who issues tokens; ports differ.
    command.env("MARQUEE_PUBLIC_URL", "http://tv.example");
    command
}

#[test]
fn a_session_that_ends_on_one_node_is_refused_on_the_other() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(db) = runtime.block_on(postgres()) else {
        return;
    };
    let dir = folder();
    let (first, second) = (dir.path().join("one"), dir.path().join("other"));
    let one = Server::with(node(&first, &db));
    let other = Server::with(node(&second, &db));
    add(node(&first, &db), "sam@example.com", "viewer");
    let bearer = sign_in(&one, "sam@example.com");
    let profile = |server: &Server| get(server, "/account/profile/", Some(&bearer)).status;
    assert_eq!((profile(&one), profile(&other)), (200, 200));
    let answer = post(
        &one,
        "/account/sign-out-all/",
        &[("authorization", &bearer)],
        &json!({}),
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    let ended = Instant::now();
    assert_eq!(profile(&one), 401);
    until("the end of the session on the other node", PATIENCE, || {
        profile(&other) == 401
    });
    println!(
        "an ended session was refused on the other node after {:?}",
        ended.elapsed()
    );

    // From the command line, too.
    let bearer = sign_in(&other, "sam@example.com");
    let profile = |server: &Server| get(server, "/account/profile/", Some(&bearer)).status;
    assert_eq!((profile(&one), profile(&other)), (200, 200));
    let ended = node(&first, &db)
        .args(["user", "suspend", "Sam@example.com"])
        .status();
    assert!(ended.unwrap().success());
    until("the suspension on both nodes", PATIENCE, || {
        (profile(&one), profile(&other)) == (403, 403)
    });

    // A node with another secret would undo what these two do.
    let third = dir.path().join("third");
    let mut stranger = node(&third, &db);
    stranger.env("MARQUEE_AUTH__SECRET_FILE", third.join("secret.key"));
    let output = stranger.arg("migrate").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("another secret"),
        "{said}"
    );
}

#[test]
fn a_chosen_public_address_holds_on_every_node_and_after_a_restart() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(db) = runtime.block_on(postgres()) else {
        return;
    };
    let dir = folder();
    let (first, second) = (dir.path().join("one"), dir.path().join("other"));
    let unnamed = |dir: &Path| {
        let mut command = node(dir, &db);
        command.env_remove("MARQUEE_PUBLIC_URL");
        Server::with(command)
    };
    let one = unnamed(&first);
    let mut other = unnamed(&second);
    add(node(&first, &db), "sam@example.com", "viewer");
    let before = sign_in(&one, "sam@example.com");
    let profile = |server: &Server, bearer: &str| {
        let answer = get(server, "/account/profile/", Some(bearer));
        answer.status
    };
    assert_eq!(profile(&one, &before), 200);
    let activation_url = |server: &Server| {
        let did = ("did", "a-television");
        let answer = post(server, "/auth/ctv/activation/", &[did], &json!({}));
        answer.json()["result"]["activation_url"].clone()
    };
    let operator = format!("Bearer {}", one.token.clone().unwrap());
    let headers = [JSON, ("authorization", operator.as_str())];
    let choice = json!({"public_url": "https://tv.example"}).to_string();
    let path = "/operator/api/v1/public-url";
    let answer = one.call("PUT", path, &headers, choice.as_bytes());
    assert_eq!(answer.status, 204, "{}", answer.text());
    let chosen = json!("https://tv.example/activate");
    assert_eq!(activation_url(&one), chosen);
    until("the address on the other node", PATIENCE, || {
        activation_url(&other) == chosen
    });
    // Tokens of the old issuer are refused, those of the new one good everywhere.
    assert_eq!(profile(&one, &before), 401);
    let after = sign_in(&other, "sam@example.com");
    assert_eq!((profile(&one, &after), profile(&other, &after)), (200, 200));
    other.kill();
    let other = unnamed(&second);
    assert_eq!(activation_url(&other), chosen);
    assert_eq!(profile(&other, &after), 200);
    // What the configuration names wins.
    let named = Server::with(node(&dir.path().join("third"), &db));
    let named_url = json!("http://tv.example/activate");
    assert_eq!(activation_url(&named), named_url);
}

#[test]
fn a_service_for_members_opens_with_a_session_and_sessions_outlive_the_server() {
    let dir = folder();
    let dir = dir.path();
    let serve = || {
        let mut command = marquee(dir);
        command.env("MARQUEE_PUBLIC_URL", "http://tv.example");
        Server::with(command)
    };
    let mut server = serve();
    let token = server.token.clone().unwrap();
    assert_eq!(server.import(&token, &movie("m1")).unwrap().status, 200);
    let members = json!({"visibility": "members"}).to_string();
    let operator = format!("Bearer {token}");
    let path = "/operator/api/v1/services/amasian";
    let headers = [JSON, ("authorization", operator.as_str())];
    assert_eq!(
        server
            .call("PATCH", path, &headers, members.as_bytes())
            .status,
        204
    );
    until("the service to close", PATIENCE, || {
        get(&server, "/content/", None).status == 401
    });
    add(marquee(dir), "op@example.com", "operator");
    let bearer = sign_in(&server, "op@example.com");
    assert_eq!(get(&server, "/content/", Some(&bearer)).status, 200);
    assert_eq!(get(&server, "/content/", None).status, 401);
    // An operator's own session opens the operator API.
    let status = |server: &Server, bearer: &str| {
        let headers = [("authorization", bearer)];
        server
            .call("GET", "/operator/api/v1/status", &headers, b"")
            .status
    };
    assert_eq!(status(&server, &bearer), 200);

    server.kill();
    let server = serve();
    assert_eq!(get(&server, "/content/", Some(&bearer)).status, 200);
    let viewer = marquee(dir)
        .args(["user", "role", "op@example.com", "viewer"])
        .status();
    assert!(viewer.unwrap().success());
    until("the role to change", PATIENCE, || {
        status(&server, &bearer) == 401
    });
    let listed = marquee(dir).args(["user", "list"]).output().unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout);
    assert!(
        listed.starts_with("op@example.com\tviewer\tactive\t"),
        "{listed}"
    );
}
