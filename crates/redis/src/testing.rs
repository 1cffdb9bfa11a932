//! A real Redis for tests, which can be paused, killed and started again.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server of its own on a free port of this machine, without anything on disk.
pub struct TestRedis {
    folder: tempfile::TempDir,
    port: u16,
    child: Child,
}

impl TestRedis {
    /// Starts it; `None` where there is no `redis-server`.
    ///
    /// # Panics
    /// When it is missing although full tests are asked for (`MARQUEE_TEST_TOOLS=required`), or does not
    /// answer.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment"
    )]
    pub fn start() -> Option<Self> {
        let found = Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_ok();
        let required = std::env::var("MARQUEE_TEST_TOOLS").is_ok_and(|value| value == "required");
        assert!(
            found || !required,
            "MARQUEE_TEST_TOOLS=required, but redis-server is missing"
        );
        if !found {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder can be made");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = free.local_addr().expect("it has an address").port();
        drop(free);
        let child = run(&folder, port);
        Some(Self {
            folder,
            port,
            child,
        })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// What it answers to a command that it answers with a line.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn ask(&self, command: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it answers");
        write!(stream, "{command}\r\n").expect("it reads");
        let mut line = String::new();
        BufReader::new(stream)
            .read_line(&mut line)
            .expect("it writes");
        line.trim_end().to_owned()
    }

    /// Makes it answer nobody; it keeps its connections and what it knows.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(status.is_ok_and(|status| status.success()), "kill works");
    }

    /// Kills it. It forgets everything.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again on the same port after [`TestRedis::kill`].
    pub fn start_again(&mut self) {
        self.child = run(&self.folder, self.port);
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        self.kill();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "between two looks at a port, before the test's runtime has anything to do"
)]
fn run(folder: &tempfile::TempDir, port: u16) -> Child {
    let child = Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .args(["--port", &port.to_string()])
        .arg("--dir")
        .arg(folder.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server starts");
    let end = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < end, "redis-server does not answer");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}
