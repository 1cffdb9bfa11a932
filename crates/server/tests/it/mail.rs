//! Mail through a real mail server (`aiosmtpd` of PyPI), and what becomes of it when there is none.

pub(crate) mod post;

use std::process::Command;

use marquee_domain::letter::PagePath;
use marquee_domain::{Letter, UiLanguage};
use marquee_storage::testing::postgres;

use self::post::{MailServer, Outbox, certificate, serve, with_mail, with_tls};
use crate::binary::{PATIENCE, Server, folder, marquee, said, until};

fn code() -> Letter {
    Letter::SignUpCode {
        code: "493817".to_owned(),
        minutes: 10,
    }
}

#[test]
fn mails_arrive_over_tls_with_sign_in() {
    let dir = folder();
    let dir = dir.path();
    let Some(python) = crate::python::with(dir, "aiosmtpd", "aiosmtpd") else {
        return;
    };
    certificate(dir);
    let mail = MailServer::start(&python, dir, "starttls", 0);
    let _server = serve(with_tls(dir, "starttls", mail.port, "hunter2"), dir);
    let outbox = Outbox::of(dir);
    let reset = Letter::PasswordReset {
        page: PagePath::parse("/reset#token=a.b-c").unwrap(),
        minutes: 15,
    };
    for (n, language) in UiLanguage::ALL.into_iter().enumerate() {
        outbox.add(&format!("code{n}@example.org"), language, &code());
        outbox.add(&format!("reset{n}@example.org"), language, &reset);
    }
    mail.has(12);
    for mail in mail.arrived() {
        assert_eq!(mail["defects"], serde_json::json!([]), "{mail}");
        assert_eq!(mail["signed_in"], true);
        assert_eq!(mail["sender"], "post@tv.example");
        assert_eq!(mail["headers"]["from"], "Kino 시네마 <post@tv.example>");
        let to = mail["recipients"][0].as_str().unwrap();
        assert_eq!(mail["headers"]["to"], to);
        let said = if to.starts_with("code") {
            "493817"
        } else {
            "https://tv.example/reset#token=a.b-c"
        };
        for part in ["plain", "html"] {
            let text = mail[part].as_str().unwrap();
            assert!(
                text.contains(said) && text.contains("Kino 시네마"),
                "{part}: {text}"
            );
        }
    }
    let subjects: std::collections::BTreeSet<String> = mail
        .arrived()
        .iter()
        .map(|mail| mail["headers"]["subject"].as_str().unwrap().to_owned())
        .collect();
    for subject in [
        "Kino 시네마 인증 코드",
        "Your code for Kino 시네마",
        "為 Kino 시네마 設定新密碼",
    ] {
        assert!(subjects.contains(subject), "{subject:?} in {subjects:?}");
    }
    outbox.becomes("code0@example.org", "sent");
    assert_eq!(
        outbox.state("code0@example.org"),
        ("sent".to_owned(), 1, false, String::new())
    );

    let doctor = |password: &str| {
        let mut command = with_tls(dir, "starttls", mail.port, password);
        said(&command.arg("doctor").output().unwrap()).1
    };
    assert!(doctor("hunter2").contains("ok   mail: localhost answers"));
    let refused = doctor("wrong");
    assert!(
        refused.contains("BAD  mail: ") && !refused.contains("wrong"),
        "{refused}"
    );
}

#[test]
fn a_test_mail_says_what_came_of_it() {
    let dir = folder();
    let dir = dir.path();
    let Some(python) = crate::python::with(dir, "aiosmtpd", "aiosmtpd") else {
        return;
    };
    certificate(dir);
    let mail = MailServer::start(&python, dir, "tls", 0);
    let test = |mut command: Command, to: &str| {
        said(&command.args(["mail", "test", to]).output().unwrap())
    };
    let over_tls = |password: &str| with_tls(dir, "tls", mail.port, password);
    let (code, printed, _) = test(over_tls("hunter2"), "ann@example.org");
    assert_eq!((code, printed.as_str()), (Some(0), "localhost took it\n"));
    assert_eq!(mail.recipients(), ["ann@example.org"]);
    let (code, _, complaint) = test(over_tls("hunter2"), "refused@example.org");
    assert!(
        code == Some(1) && complaint.contains("no such mailbox"),
        "{complaint}"
    );
    let (code, _, complaint) = test(over_tls("wrong"), "ann@example.org");
    assert!(code == Some(1) && complaint.contains("535"), "{complaint}");
    let mut distrusting = over_tls("hunter2");
    distrusting.env_remove("MARQUEE_MAIL__CA_FILE");
    let (code, _, complaint) = test(distrusting, "ann@example.org");
    assert!(
        code == Some(1) && complaint.contains("certificate"),
        "{complaint}"
    );
    let (code, printed, _) = test(marquee(dir), "ann@example.org");
    assert!(code == Some(0) && printed.contains("outbox"), "{printed}");
    assert_eq!(mail.arrived().len(), 1);
}

#[test]
fn nothing_is_lost_while_the_mail_server_is_down() {
    let dir = folder();
    let dir = dir.path();
    let Some(python) = crate::python::with(dir, "aiosmtpd", "aiosmtpd") else {
        return;
    };
    let port = MailServer::start(&python, dir, "plain", 0).port;
    let server = serve(with_mail(dir, "none", port), dir);
    let outbox = Outbox::of(dir);
    for n in 0..6 {
        outbox.add(&format!("{n}@example.org"), UiLanguage::Es, &code());
    }
    outbox.add("refused@example.org", UiLanguage::En, &code());
    outbox.add("busy@example.org", UiLanguage::En, &code());
    outbox.add("nobody", UiLanguage::En, &code());
    outbox.becomes("nobody", "given_up");
    for to in ["5@example.org", "refused@example.org", "busy@example.org"] {
        until("a try", PATIENCE, || !outbox.state(to).3.is_empty());
        let (state, attempts, says, _) = outbox.state(to);
        assert_eq!((state.as_str(), attempts, says), ("waiting", 1, true));
    }
    // It is killed, too; another start goes on.
    drop(server);
    let mail = MailServer::start(&python, dir, "plain", port);
    outbox.hurry();
    let _server = serve(with_mail(dir, "none", port), dir);
    mail.has(6);
    outbox.becomes("refused@example.org", "given_up");
    let (_, attempts, says, reason) = outbox.state("refused@example.org");
    assert!(
        attempts == 2 && !says && reason.contains("no such mailbox"),
        "{reason}"
    );
    until("a second try", PATIENCE, || {
        outbox.state("busy@example.org").1 == 2
    });
    until("its reason", PATIENCE, || {
        outbox.state("busy@example.org").3.contains("later")
    });
    assert_eq!(outbox.state("busy@example.org").0, "waiting");
    std::fs::write(mail.folder.join("calm"), "").unwrap();
    outbox.hurry();
    outbox.becomes("busy@example.org", "sent");
    let mut all: Vec<String> = (0..6).map(|n| format!("{n}@example.org")).collect();
    all.push("busy@example.org".to_owned());
    assert_eq!(mail.recipients(), all, "each once");
}

#[test]
fn two_nodes_send_each_mail_once() {
    let dir = folder();
    let dir = dir.path();
    let Some(python) = crate::python::with(dir, "aiosmtpd", "aiosmtpd") else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(db) = runtime.block_on(postgres()) else {
        return;
    };
    let mail = MailServer::start(&python, dir, "plain", 0);
    let nodes = ["one", "other"].map(|name| {
        let home = dir.join(name);
        std::fs::create_dir_all(&home).unwrap();
        let mut command = with_mail(&home, "none", mail.port);
        command
            .env("MARQUEE_DATABASE__URL", &db.options.address)
            .env("MARQUEE_AUTH__SECRET_FILE", dir.join("secret.key"));
        serve(command, &home)
    });
    let outbox = Outbox::open(&db.options, &dir.join("secret.key"));
    let mut all: Vec<String> = (100..160).map(|n| format!("{n}@example.org")).collect();
    for to in &all {
        outbox.add(to, UiLanguage::Pt, &code());
    }
    mail.has(all.len());
    for to in &all {
        outbox.becomes(to, "sent");
    }
    all.sort();
    assert_eq!(mail.recipients(), all);
    drop(nodes);
}

#[test]
fn the_demo_shows_its_outbox_and_nothing_else_does() {
    let dir = folder();
    let demo = Server::running("demo", marquee(dir.path()));
    let page = demo.get("/outbox");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("No mail yet."));
    assert!(page.headers["content-security-policy"].starts_with("default-src 'none'"));
    let outbox = Outbox::of(dir.path());
    let letter = Letter::AccountsMerged {
        address: "<b>&@example.org".to_owned(),
        at: 0,
        undo: PagePath::parse("/undo#t=1").unwrap(),
        days: 30,
    };
    outbox.add("ann@example.org", UiLanguage::En, &letter);
    outbox.add("ann@example.org", UiLanguage::Ko, &code());
    until("both mails", PATIENCE, || {
        let page = demo.get("/outbox").text();
        page.contains("493817") && page.contains("/undo#t=1")
    });
    let page = demo.get("/outbox").text();
    assert!(
        page.contains("&lt;b&gt;&amp;@example.org") && !page.contains("<b>"),
        "{page}"
    );
    assert!(
        page.contains("/undo#t=1\" rel"),
        "links can be followed: {page}"
    );
    assert!(
        page.find("493817") < page.find("/undo#t=1"),
        "newest first: {page}"
    );
    // And what a viewer causes, sent by the process that was asked.
    let headers = [
        ("content-type", "application/json"),
        ("service-name", "amasian"),
        ("accept-language", "es"),
    ];
    let asked = demo.call(
        "POST",
        "/odx/api/v4/auth/sign-up/request/",
        &headers,
        br#"{"email":"viewer@example.org"}"#,
    );
    assert_eq!(asked.status, 200, "{}", asked.text());
    until("the code", PATIENCE, || {
        let page = demo.get("/outbox").text();
        page.contains("viewer@example.org") && page.contains("Tu código para Marquee")
    });
    drop(demo);

    let other = folder();
    let served = Server::start(other.path());
    assert!(!served.get("/outbox").text().contains("<h1>Outbox"));
}

/// A copy of the database alone tells no code; and whoever has lost the secret loses those mails and no others.
#[test]
fn mails_wait_sealed_and_are_given_up_without_the_secret() {
    let dir = folder();
    let dir = dir.path();
    let _server = Server::start(dir);
    let outbox = Outbox::of(dir);
    let lost = Outbox::sealing(&outbox.options, [9; 32]);
    lost.add("lost@example.org", UiLanguage::En, &code());
    outbox.add("found@example.org", UiLanguage::En, &code());
    outbox.becomes("found@example.org", "sent");
    outbox.becomes("lost@example.org", "given_up");
    let (_, attempts, says, reason) = outbox.state("lost@example.org");
    assert!(
        attempts == 1 && !says && reason.contains("another secret"),
        "{reason}"
    );
}
