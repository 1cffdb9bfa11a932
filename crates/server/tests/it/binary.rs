//! Runs the binary and talks to it over plain sockets.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// The longest that anything here is waited for, unless a test says otherwise.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The binary, away from the settings and the working folder of whoever runs the tests.
pub(crate) fn marquee(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marquee"));
    tame(&mut command, dir);
    command
}

/// Settings of a command that runs the binary.
pub(crate) fn tame(command: &mut Command, dir: &Path) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MARQUEE_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(dir)
        .env("MARQUEE_DATA_DIR", dir.join("data"))
        .env("MARQUEE_NEW_SERVICE_VISIBILITY", "public")
        .env("MARQUEE_LOG__LEVEL", "warn")
        .stdin(Stdio::null());
}

/// Runs a command to its end.
pub(crate) fn run(dir: &Path, arguments: &[&str]) -> Output {
    marquee(dir).args(arguments).output().unwrap()
}

/// Exit code and both outputs of a command, for messages and comparisons.
pub(crate) fn said(output: &Output) -> (Option<i32>, String, String) {
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// A running server, killed with this value.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    /// The address as it is announced.
    pub(crate) url: String,
    /// The operator token, at first start.
    pub(crate) token: Option<String>,
    /// From the start of the process to its first ready answer.
    pub(crate) ready_after: Duration,
    /// Everything printed until it was ready.
    pub(crate) printed: String,
}

impl Server {
    pub(crate) fn start(dir: &Path) -> Self {
        Self::with(marquee(dir))
    }

    /// Starts a prepared command; arguments for listening on a free port are added here.
    pub(crate) fn with(command: Command) -> Self {
        Self::running("serve", command)
    }

    /// The same with another word than `serve`.
    pub(crate) fn running(word: &str, mut command: Command) -> Self {
        let started = Instant::now();
        let mut child = command
            .args([word, "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = lines(child.stdout.take().unwrap());
        let (mut token, mut printed) = (None, String::new());
        let (url, address) = loop {
            let line = lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("it did not become ready; it said: {printed}"));
            printed.push_str(&line);
            printed.push('\n');
            if let Some((_, found)) = line.split_once("#token=") {
                token = Some(found.trim().to_owned());
            }
            if let Some((_, rest)) = line.split_once("is ready at ") {
                // The public address may be another than the one that is listened on.
                let (url, rest) = rest.split_once(", listening on ").unwrap();
                let listens = rest.split(' ').next().unwrap();
                break (url.to_owned(), listens.parse().unwrap());
            }
        };
        let mut server = Self {
            child,
            address,
            url,
            token,
            ready_after: Duration::ZERO,
            printed,
        };
        if server.url.starts_with("http:") {
            until("ready", PATIENCE, || server.get("/readyz").status == 200);
        }
        server.ready_after = started.elapsed();
        server
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], b"")
    }

    pub(crate) fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        call(self.address, method, path, headers, body).unwrap()
    }

    /// Brings records in over HTTP.
    pub(crate) fn import(&self, token: &str, records: &str) -> std::io::Result<Answer> {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        call(
            self.address,
            "POST",
            "/operator/api/v1/import/catalog",
            &headers,
            records.as_bytes(),
        )
    }

    /// Asks it to stop, as a service manager does.
    pub(crate) fn terminate(&self) {
        signal(self.child.id(), "TERM");
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self, limit: Duration) -> ExitStatus {
        let mut status = None;
        until("the end of the process", limit, || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// The end that nobody can prepare for.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn signal(process: u32, name: &str) {
    let status = Command::new("kill")
        .args([format!("-{name}"), process.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// The lines of an output, read by a thread of their own so that waiting for one can end.
fn lines(output: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // Nobody listens any more: go on reading, so that the process can go on printing.
            let _ = sender.send(line);
        }
    });
    receiver
}

/// Waits for a condition.
pub(crate) fn until(what: &str, limit: Duration, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < limit, "waited {limit:?} for {what}");
        pause(Duration::from_millis(5));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "no runtime here; between two looks at a condition, or a chance moment to kill at"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }
}

pub(crate) fn call(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    exchange(&mut stream, method, path, headers, body)
}

/// One request and its answer; the connection is over afterwards.
pub(crate) fn exchange(
    stream: &mut (impl Read + Write),
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Answer> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !headers.iter().any(|(name, _)| *name == "content-length") {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    // A server that refuses early need not read the rest.
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes);
    if bytes.is_empty() {
        end?;
    }
    answer(&bytes).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
}

fn answer(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let rest = &bytes[end + 4..];
    let body = if headers
        .get("transfer-encoding")
        .is_some_and(|value| value == "chunked")
    {
        unchunk(rest)?
    } else {
        if let Some(length) = headers.get("content-length") {
            // Cut off is no answer.
            (rest.len() >= length.parse().ok()?).then_some(())?;
        }
        rest.to_vec()
    };
    Some(Answer {
        status,
        headers,
        body,
    })
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size =
            usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}

/// A temporary folder for one test.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A file of the demo.
pub(crate) fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../demo")
        .join(name)
        .canonicalize()
        .unwrap()
}

/// A record of a movie.
pub(crate) fn movie(key: &str) -> String {
    format!(
        r#"{{"id":"{key}","kind":"movie","titles":{{"en":"Movie {key}"}},"genres":["Drama"],"cast":["Kim Doe"]}}"#
    )
}

/// Records of movies, a line each.
pub(crate) fn movies(prefix: &str, count: usize) -> String {
    (0..count)
        .map(|n| movie(&format!("{prefix}{n}")) + "\n")
        .collect()
}

/// Chance that is the same every time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
