//! The guarded client as it is, with the system's own resolver, in a network of its own: there a public address
//! can be had without the internet, and name servers say what a test wants. Needs root; left out without it.

use std::net::IpAddr;
use std::process::Command;

use super::names::NameServer;
use super::server::{Server, found, redirect};
use super::*;

/// Set for the process that runs inside.
const INSIDE: &str = "MARQUEE_TEST_NAMESPACE";
/// An address that anybody could reach, if this were the internet.
const PUBLIC: &str = "9.9.9.7";
const PRIVATE: &str = "10.9.8.7";
const LOCAL6: &str = "fd00:9::7";

fn run(program: &str, args: &[&str]) -> bool {
    let done = Command::new(program).args(args).output();
    done.is_ok_and(|done| done.status.success())
}

#[test]
fn canaries_hear_nothing() {
    if !run(
        "unshare",
        &["--net", "--mount", "ip", "link", "set", "lo", "up"],
    ) {
        eprintln!("left out: no network of its own can be made here");
        return;
    }
    let done = Command::new("unshare")
        .args(["--net", "--mount"])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "tests::namespace::inside",
            "--nocapture",
            "--include-ignored",
        ])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[tokio::test]
#[ignore = "run by canaries_hear_nothing, in a network of its own"]
async fn inside() {
    assert!(std::env::var_os(INSIDE).is_some(), "only inside");
    assert!(run("ip", &["link", "set", "lo", "up"]));
    for address in [PUBLIC, PRIVATE] {
        assert!(run(
            "ip",
            &["addr", "add", &format!("{address}/32"), "dev", "lo"]
        ));
    }
    assert!(run(
        "ip",
        &[
            "addr",
            "add",
            &format!("{LOCAL6}/128"),
            "dev",
            "lo",
            "nodad"
        ]
    ));
    let file = std::env::temp_dir().join(format!("marquee-resolv-{}", std::process::id()));
    std::fs::write(
        &file,
        "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
    )
    .unwrap();
    assert!(run(
        "mount",
        &["--bind", file.to_str().unwrap(), "/etc/resolv.conf"]
    ));
    std::fs::remove_file(&file).unwrap();

    let ip = |text: &str| -> IpAddr { text.parse().unwrap() };
    let names = NameServer::start("127.0.0.1:53", move |name, before| match name {
        "public.test" => vec![ip(PUBLIC)],
        "rebind.test" if before == 0 => vec![ip(PUBLIC)],
        "rebind.test" => vec![ip("127.0.0.1"), ip("::1")],
        "mixed.test" => vec![ip(PUBLIC), ip(PRIVATE)],
        "mixed6.test" => vec![ip(PUBLIC), ip("::1")],
        "private.test" => vec![ip(PRIVATE), ip(LOCAL6)],
        "mapped.test" => vec![ip("::ffff:127.0.0.1")],
        _ => Vec::new(),
    })
    .await;
    let close = "\r\nconnection: close\r\n";
    let door = Server::at(&format!("{PUBLIC}:0"), move |path| match path {
        "/" => found("public").replacen("\r\n", close, 1),
        place => redirect(302, &place[1..]).replacen("\r\n", close, 1),
    })
    .await;
    let port = door.address.port();
    let mut canaries = Vec::new();
    for place in ["127.0.0.1", "[::1]", PRIVATE, &format!("[{LOCAL6}]")] {
        canaries.push(Server::at(&format!("{place}:{port}"), |_| found("secret")).await);
    }

    let egress = Egress::new(Allowed::default()).unwrap();
    let public = format!("http://public.test:{port}/");
    assert_eq!(egress.fetch(&public, 100).await.unwrap(), "public");
    let rebind = format!("http://rebind.test:{port}/");
    assert_eq!(egress.fetch(&rebind, 100).await.unwrap(), "public");
    assert_eq!(names.asked("rebind.test"), 1);

    let spelled = format!("http://{PUBLIC}:{port}/");
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0",
        "localhost",
        "a.localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        PRIVATE,
        "168364039",
        "[::ffff:10.9.8.7]",
        "[fd00:9::7]",
        "private.test",
        "mixed.test",
        "mixed6.test",
        "mapped.test",
        "rebind.test",
    ] {
        for start in ["", &public, &spelled] {
            let address = format!("{start}http://{host}:{port}/");
            let error = egress.fetch(&address, 100).await.unwrap_err();
            assert!(
                matches!(error, EgressError::Forbidden),
                "{address}: {error:?}"
            );
        }
    }
    let heard: usize = canaries.iter().map(Server::connections).sum();
    assert_eq!(heard, 0, "a canary was reached");
    // They do hear whoever may reach them.
    let hosts = ["127.0.0.1", "::1", PRIVATE, LOCAL6].map(str::to_owned);
    let egress = Egress::new(Allowed::new(&hosts)).unwrap();
    for canary in &canaries {
        let body = egress.fetch(&canary.url("/"), 100).await.unwrap();
        assert_eq!((&body[..], canary.connections()), (&b"secret"[..], 1));
    }
}
