//! Starting: the set-up link, settings that are wrong, addresses that are taken.

use std::time::Duration;

use crate::binary::{Server, folder, run, said};

fn status_with(server: &Server, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    server
        .call(
            "GET",
            "/operator/api/v1/status",
            &[("authorization", &bearer)],
            b"",
        )
        .status
}

#[test]
fn the_first_start_prints_a_set_up_link_and_later_ones_do_not() {
    let dir = folder();
    let mut server = Server::start(dir.path());
    let token = server.token.clone().expect("a set-up link");
    assert!(
        server
            .printed
            .contains(&format!("Set up: {}/setup#token=", server.url)),
        "{}",
        server.printed
    );
    assert_eq!(status_with(&server, &token), 200);
    server.terminate();
    server.wait(Duration::from_secs(8));

    let again = Server::start(dir.path());
    assert_eq!(again.token, None);
    assert_eq!(status_with(&again, &token), 200);

    // A new token beside the running server ends the old one at once.
    let (code, link, _) = said(&run(dir.path(), &["operator", "token"]));
    assert_eq!(code, Some(0));
    let new = link.trim().split_once("#token=").unwrap().1.to_owned();
    assert_eq!(
        (status_with(&again, &token), status_with(&again, &new)),
        (401, 200)
    );
}

#[cfg(unix)]
#[test]
fn the_data_folder_is_its_owners_alone_and_the_doctor_says_when_it_is_not() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = folder();
    let data = dir.path().join("data");
    let set = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let doctor = || {
        let (code, out, err) = said(&run(dir.path(), &["doctor"]));
        assert_eq!(code, Some(0), "{out} {err}");
        out
    };
    let warned = "warn database: everybody on this machine can read";
    // Else nobody gets as far as the data folder.
    set(dir.path(), 0o755);
    assert!(!doctor().contains(warned));
    let mode = || std::fs::metadata(&data).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o700);

    // One that is there stays as it is.
    set(&data, 0o755);
    set(&data.join("marquee.db"), 0o644);
    let out = doctor();
    assert!(out.contains(warned), "{out}");
    assert_eq!(mode(), 0o755);
    set(&data, 0o750);
    assert!(!doctor().contains(warned));
}

#[test]
fn the_demo_stays_away_from_what_is_somebody_elses() {
    let dir = folder();
    let refused = |because: &str| {
        let (code, out, err) = said(&run(dir.path(), &["demo", "--listen", "127.0.0.1:0"]));
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.contains(because), "{err}");
    };
    let settings = dir.path().join("marquee.toml");
    std::fs::write(&settings, "[database]\nurl = \"sqlite:real.db\"").unwrap();
    refused("--database");
    assert!(!dir.path().join("real.db").exists());
    std::fs::write(&settings, "").unwrap();
    // The folder that the environment names, not one that it would choose by itself.
    std::fs::create_dir(dir.path().join("data")).unwrap();
    std::fs::write(dir.path().join("data/film.mp4"), "").unwrap();
    refused("not empty");
    assert!(!dir.path().join("marquee-demo").exists());
}

#[test]
fn wrong_settings_are_named_and_nothing_is_started() {
    let dir = folder();
    let fails = |toml: &str, named: &str| {
        std::fs::write(dir.path().join("marquee.toml"), toml).unwrap();
        let (code, out, err) = said(&run(dir.path(), &["serve", "--listen", "127.0.0.1:0"]));
        assert_eq!((code, out.as_str()), (Some(1), ""), "{toml}: {err}");
        assert!(err.contains(named), "{toml}: {err}");
        assert!(!dir.path().join("data").exists(), "{toml}");
    };
    fails("listenn = \"127.0.0.1:1\"", "listenn");
    fails("[database]\nurll = \"x\"", "urll");
    fails("[limits]\nconnections = \"many\"", "connections");
    fails("[tls]\ncert = \"x.pem\"", "tls");
    fails("this is not toml", "marquee.toml");
}

#[test]
fn a_taken_address_is_said_plainly() {
    let dir = folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, _, err) = said(&run(dir.path(), &["serve", "--listen", &address]));
    assert_eq!(code, Some(1));
    assert!(err.contains(&address) && err.contains("--listen"), "{err}");
}

#[test]
fn a_database_that_is_none_is_said_plainly() {
    let dir = folder();
    std::fs::create_dir(dir.path().join("data")).unwrap();
    std::fs::write(dir.path().join("data/marquee.db"), "x".repeat(5000)).unwrap();
    let (code, _, err) = said(&run(dir.path(), &["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(code, Some(1));
    assert!(err.contains("database"), "{err}");
    assert_eq!(
        std::fs::read(dir.path().join("data/marquee.db")).unwrap(),
        "x".repeat(5000).as_bytes()
    );
}

#[test]
fn two_servers_on_one_folder_see_each_others_writes() {
    let dir = folder();
    let first = Server::start(dir.path());
    let second = Server::start(dir.path());
    let token = first.token.clone().unwrap();
    let path = "/odx/api/v4/content/";
    let headers = [("service-name", "amasian")];
    assert_eq!(
        second.call("GET", path, &headers, b"").json()["result"]["count"],
        0
    );
    assert_eq!(
        first
            .import(&token, &crate::binary::movies("m", 3))
            .unwrap()
            .status,
        200
    );
    crate::binary::until("the other process's write", Duration::from_secs(2), || {
        second.call("GET", path, &headers, b"").json()["result"]["count"] == 3
    });
}
