//! The platform that is killed: how it is started, called, and looked into from outside.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use marquee_identity::testing::{FakeProvider, TestKey};
use marquee_limits::Rule;
use marquee_storage::testing::TestDb;
use marquee_storage::{Db, DbOptions, Query, Statement};
use serde_json::{Value, json};

use crate::binary::{Answer, Server, call, folder, marquee, movies};
use crate::mail::post::hurry;

pub(crate) const PASSWORD: &str = "long enough to be one";

pub(crate) struct Platform {
    dir: tempfile::TempDir,
    key: TestKey,
    provider: FakeProvider,
    /// The database, unless it is the file in the folder.
    db: Option<TestDb>,
    runtime: tokio::runtime::Runtime,
    next: AtomicU64,
    /// Mails that were read, and the codes in them by address.
    read: Mutex<(HashSet<PathBuf>, HashMap<String, String>)>,
}

impl Platform {
    pub(crate) fn new(db: Option<TestDb>, runtime: tokio::runtime::Runtime) -> Self {
        // Signing and checking are quicker than with RSA.
        let key = TestKey::ec("one");
        Self {
            dir: folder(),
            provider: FakeProvider::start(&[&key]),
            key,
            db,
            runtime,
            next: AtomicU64::new(0),
            read: Mutex::default(),
        }
    }

    /// The server's command: both providers are ours, and nobody is told to come back later.
    pub(crate) fn command(&self) -> Command {
        let mut command = marquee(self.dir.path());
        for provider in ["GOOGLE", "APPLE"] {
            let setting = |name| format!("MARQUEE_SOCIAL__{provider}__{name}");
            command
                .env(setting("CLIENT_IDS"), "app")
                .env(setting("KEYS_URL"), self.provider.keys_url());
        }
        for rule in Rule::ALL {
            let name = rule.name().to_uppercase();
            command.env(format!("MARQUEE_LIMITS__RATES__{name}"), "off");
        }
        if let Some(db) = &self.db {
            command.env("MARQUEE_DATABASE__URL", &db.options.address);
        }
        command
            .env("MARQUEE_EGRESS__ALLOWED_HOSTS", "127.0.0.1")
            // Who issues tokens; ports differ.
            .env("MARQUEE_PUBLIC_URL", "http://tv.example");
        command
    }

    /// The first start, with something to keep. Its contents.
    pub(crate) fn first_start(&self) -> (Server, Vec<i64>) {
        let server = Server::with(self.command());
        let token = server.token.clone().unwrap();
        assert_eq!(server.import(&token, &movies("m", 4)).unwrap().status, 200);
        let sql = "SELECT id FROM contents ORDER BY id";
        let books = self.books();
        let contents = books.numbers(Statement::new(sql));
        books.close();
        (server, contents)
    }

    /// A word that nobody had before.
    pub(crate) fn fresh(&self, word: &str) -> String {
        format!("{word}{}", self.next.fetch_add(1, Ordering::SeqCst))
    }

    /// What a provider says of somebody.
    pub(crate) fn id_token(&self, provider: &str, subject: &str) -> String {
        let issuer = match provider {
            "google" => "https://accounts.google.com",
            _ => "https://appleid.apple.com",
        };
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        self.key.token(&json!({
            "iss": issuer, "aud": "app", "sub": subject, "email": format!("{subject}@example.org"),
            "email_verified": true, "iat": now, "exp": now + 3600,
        }))
    }

    /// The code that was mailed to an address, once it has arrived.
    pub(crate) fn code(&self, address: &str) -> Option<String> {
        let mut read = self.read.lock().unwrap();
        let folder = self.dir.path().join("data/outbox");
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !name.ends_with("sign_up_code.eml")
                || name.starts_with('.')
                || !read.0.insert(path.clone())
            {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let to = text.lines().find_map(|line| line.strip_prefix("To: "));
            let code = text
                .lines()
                .map(str::trim)
                .find(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()));
            read.1
                .insert(to.unwrap().to_owned(), code.unwrap().to_owned());
        }
        read.1.get(address).cloned()
    }

    async fn open(&self) -> Db {
        let file = self.dir.path().join("data/marquee.db");
        let options = match &self.db {
            Some(db) => db.options.clone(),
            None => DbOptions::new(format!("sqlite:{}", file.display())),
        };
        Db::open(&options).await.unwrap()
    }

    /// Opens the database beside the server that runs.
    pub(crate) fn books(&self) -> Books<'_> {
        Books {
            db: self.runtime.block_on(self.open()),
            runtime: &self.runtime,
        }
    }
}

/// The database, as an auditor reads it.
pub(crate) struct Books<'a> {
    db: Db,
    runtime: &'a tokio::runtime::Runtime,
}

impl Books<'_> {
    /// The numbers of a column.
    pub(crate) fn numbers(&self, statement: Statement) -> Vec<i64> {
        self.runtime.block_on(async {
            let mut reader = self.db.reader();
            let q: &mut dyn Query = &mut reader;
            let rows = q.rows(statement).await.unwrap();
            rows.iter().map(|row| row.int(0).unwrap()).collect()
        })
    }

    /// How many rows there are; the statement counts them.
    pub(crate) fn count<const N: usize>(&self, sql: &'static str, values: [&str; N]) -> i64 {
        let bound = |statement: Statement, value: &str| statement.bind(value);
        let statement = values.into_iter().fold(Statement::new(sql), bound);
        self.numbers(statement)[0]
    }

    /// Lets no mail wait: what a killed server was about to send is sent when its claim lapses.
    pub(crate) fn hurry(&self) {
        self.runtime.block_on(hurry(&self.db));
    }

    /// Closes it: nobody else has the file open when the server is killed.
    pub(crate) fn close(self) {
        self.runtime.block_on(self.db.close());
    }
}

/// A server that was started again, and what an auditor sees of it.
pub(crate) struct After<'a> {
    pub(crate) platform: &'a Platform,
    pub(crate) server: &'a Server,
    pub(crate) books: &'a Books<'a>,
}

/// A call of the experience API; none when the server is gone.
pub(crate) fn send(
    server: &Server,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Option<Answer> {
    let fixed = [
        ("service-name", "amasian"),
        ("content-type", "application/json"),
    ];
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let path = format!("/odx/api/v4{path}");
    let headers = [&fixed, headers].concat();
    call(server.address, method, &path, &headers, body.as_bytes()).ok()
}

pub(crate) fn post(
    server: &Server,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Option<Answer> {
    send(server, "POST", path, headers, body)
}

/// The refresh token that an answer sets.
pub(crate) fn refresh_token(answer: &Answer) -> String {
    let cookie = answer.headers["set-cookie"].split(';').next().unwrap();
    cookie.strip_prefix("refresh_token=").unwrap().to_owned()
}

/// Trades a refresh token.
pub(crate) fn refresh(server: &Server, token: &str) -> Option<Answer> {
    let cookie = format!("refresh_token={token}");
    post(
        server,
        "/auth/refresh/",
        &[("cookie", &cookie)],
        &Value::Null,
    )
}
