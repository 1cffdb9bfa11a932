//! A mail server and a look into the outbox, for tests.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marquee_domain::{Letter, UiLanguage};
use marquee_identity::{SECRET_LEN, Sealer, SystemChance, seal_letter};
use marquee_storage::{Db, DbOptions, Query, Statement, outbox};
use serde_json::Value;

use crate::binary::{PATIENCE, Server, call, marquee, until};

/// A mail server, gone with this value.
pub(crate) struct MailServer {
    child: Child,
    pub(crate) port: u16,
    pub(crate) folder: PathBuf,
}

impl MailServer {
    pub(crate) fn start(python: &str, dir: &Path, mode: &str, port: u16) -> Self {
        let folder = dir.join("arrived");
        std::fs::create_dir_all(&folder).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail/server.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg(&folder)
            .args([mode, &port.to_string()])
            .args([dir.join("cert.pem"), dir.join("key.pem")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Self {
            child,
            port,
            folder,
        }
    }

    /// What has arrived, in order of arrival at one server.
    pub(crate) fn arrived(&self) -> Vec<Value> {
        let entries = std::fs::read_dir(&self.folder).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|it| it == "json"));
        files.sort();
        let read = |path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        files.into_iter().map(read).collect()
    }

    pub(crate) fn has(&self, count: usize) {
        until("mails", PATIENCE, || self.arrived().len() >= count);
    }

    /// The recipients of everything that has arrived.
    pub(crate) fn recipients(&self) -> Vec<String> {
        let to = |mail: &Value| mail["recipients"][0].as_str().unwrap().to_owned();
        let mut all: Vec<String> = self.arrived().iter().map(to).collect();
        all.sort();
        all
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary with settings for a mail server.
pub(crate) fn with_mail(dir: &Path, security: &str, port: u16) -> Command {
    let mut command = marquee(dir);
    command
        .env("MARQUEE_NAME", "Kino 시네마")
        .env("MARQUEE_PUBLIC_URL", "https://tv.example")
        .env("MARQUEE_MAIL__FROM", "post@tv.example")
        .env("MARQUEE_MAIL__HOST", "localhost")
        .env("MARQUEE_MAIL__PORT", port.to_string())
        .env("MARQUEE_MAIL__SECURITY", security);
    command
}

/// The same with sign-in and the certificate of a server of one's own.
pub(crate) fn with_tls(dir: &Path, security: &str, port: u16, password: &str) -> Command {
    std::fs::write(dir.join("password"), format!("{password}\n")).unwrap();
    let mut command = with_mail(dir, security, port);
    command
        .env("MARQUEE_MAIL__USER", "post")
        .env("MARQUEE_MAIL__PASSWORD_FILE", dir.join("password"))
        .env("MARQUEE_MAIL__CA_FILE", dir.join("cert.pem"));
    command
}

pub(crate) fn certificate(dir: &Path) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(dir.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(dir.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
}

/// Starts a server whose public address is not where it listens.
pub(crate) fn serve(mut command: Command, dir: &Path) -> Server {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let child = command
        .args(["serve", "--listen", &address.to_string()])
        .stdout(Stdio::null())
        .current_dir(dir)
        .spawn()
        .unwrap();
    let server = Server {
        child,
        address,
        url: format!("http://{address}"),
        token: None,
        ready_after: Duration::ZERO,
        printed: String::new(),
    };
    until("ready", PATIENCE, || {
        call(address, "GET", "/readyz", &[], b"").is_ok_and(|it| it.status == 200)
    });
    server
}

/// The outbox of a running server, from outside.
pub(crate) struct Outbox {
    runtime: tokio::runtime::Runtime,
    db: Db,
    sealer: Sealer,
    pub(crate) options: DbOptions,
}

/// Lets no mail wait for its time.
pub(crate) async fn hurry(db: &Db) {
    let mut unit = db.begin().await.unwrap();
    let sql = "UPDATE mails SET due_at = 0 WHERE state = 'waiting'";
    unit.execute(Statement::new(sql)).await.unwrap();
    unit.save().await.unwrap();
}

impl Outbox {
    pub(crate) fn of(dir: &Path) -> Self {
        let data = dir.join("data");
        let file = data.join("marquee.db");
        let options = DbOptions::new(format!("sqlite:{}", file.display()));
        Self::open(&options, &data.join("secret.key"))
    }

    /// With the secret of a server that has been started.
    pub(crate) fn open(options: &DbOptions, secret: &Path) -> Self {
        let secret = std::fs::read_to_string(secret).unwrap();
        let secret = URL_SAFE_NO_PAD.decode(secret.trim()).unwrap();
        Self::sealing(options, secret.try_into().unwrap())
    }

    /// With any secret.
    pub(crate) fn sealing(options: &DbOptions, secret: [u8; SECRET_LEN]) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let db = runtime.block_on(Db::open(options)).unwrap();
        let sealer = Sealer::new(&secret).unwrap();
        Self {
            runtime,
            db,
            sealer,
            options: options.clone(),
        }
    }

    pub(crate) fn add(&self, to: &str, language: UiLanguage, letter: &Letter) {
        self.runtime.block_on(async {
            let mut unit = self.db.begin().await.unwrap();
            let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
            let sealed = seal_letter((&self.sealer, &SystemChance), to, letter).unwrap();
            outbox::add(&mut unit, to, language, &sealed, now)
                .await
                .unwrap();
            unit.save().await.unwrap();
        });
    }

    /// State, attempts, whether it still says anything, and reason, of the mail to somebody.
    pub(crate) fn state(&self, to: &str) -> (String, i64, bool, String) {
        self.runtime.block_on(async {
            let mut reader = self.db.reader();
            let q: &mut dyn Query = &mut reader;
            let sql = "SELECT state, attempts, parameters, reason FROM mails WHERE recipient = $1";
            let row = q.row(Statement::new(sql).bind(to)).await.unwrap().unwrap();
            let says = !row.text(2).unwrap().is_empty();
            (
                row.text(0).unwrap(),
                row.int(1).unwrap(),
                says,
                row.text(3).unwrap(),
            )
        })
    }

    /// Lets no mail wait for its time.
    pub(crate) fn hurry(&self) {
        self.runtime.block_on(hurry(&self.db));
    }

    pub(crate) fn becomes(&self, to: &str, state: &str) {
        until(state, PATIENCE, || self.state(to).0 == state);
    }
}
