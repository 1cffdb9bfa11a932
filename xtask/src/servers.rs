//! Private servers on free ports, stopped again with their values.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::run::{Running, Scratch, check, free_port, wait_until};
use crate::tools::{find, is_root};

/// A PostgreSQL server of our own.
pub(crate) struct Postgres {
    _server: Running,
    _folder: Scratch,
    /// Its address.
    pub(crate) url: String,
}

/// A command as an ordinary user: PostgreSQL refuses to run as root.
fn as_user(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", program]);
    command
}

impl Postgres {
    /// Starts one in a fresh folder. Nothing in it outlives the run, so it need not reach the disk.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let folder = Scratch::new("postgres")?;
        if is_root() {
            check(Command::new("chown").arg("postgres").arg(&folder.0))?;
        }
        let data = folder.0.join("data");
        let initdb = find("initdb").context("initdb is missing")?;
        let mut init = as_user(&initdb);
        init.args([
            "-U",
            "marquee",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
            "-D",
        ])
        .arg(&data)
        .current_dir(&folder.0);
        check(init.stdout(Stdio::null()))?;
        let port = free_port()?;
        let server = as_user(&find("postgres").context("postgres is missing")?)
            .arg("-D")
            .arg(&data)
            .args([
                "-p",
                &port.to_string(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=300",
                "-c",
            ])
            .arg(format!("unix_socket_directories={}", folder.0.display()))
            .current_dir(&folder.0)
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.0.join("log"))?)
            .spawn()?;
        let server = Running(server);
        wait_for_port("PostgreSQL", port)?;
        let url = format!("postgres://marquee@127.0.0.1:{port}/postgres");
        Ok(Self {
            _server: server,
            _folder: folder,
            url,
        })
    }
}

/// An nginx of our own.
pub(crate) struct Nginx {
    _server: Running,
    /// Its address.
    pub(crate) url: String,
    /// Its master process.
    pub(crate) id: u32,
}

impl Nginx {
    /// Serves a folder with two workers and no access log.
    pub(crate) fn start(folder: &Path, work: &Path) -> anyhow::Result<Self> {
        let port = free_port()?;
        let user = if is_root() { "user root;" } else { "" };
        let config = format!(
            "{user} worker_processes 2; daemon off; pid {work}/nginx.pid; error_log {work}/error.log; events {{ worker_connections 1024; }}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000; open_file_cache max=1000;\n\
             client_body_temp_path {work}/b; proxy_temp_path {work}/p; fastcgi_temp_path {work}/f; uwsgi_temp_path {work}/u; scgi_temp_path {work}/s;\n\
             default_type application/json; server {{ listen 127.0.0.1:{port}; root {root}; gzip_static on; }} }}\n",
            work = work.display(),
            root = folder.display()
        );
        let path = work.join("nginx.conf");
        std::fs::write(&path, config)?;
        let server = Command::new(find("nginx").context("nginx is missing")?)
            .arg("-c")
            .arg(&path)
            .stderr(Stdio::null())
            .spawn()?;
        let server = Running(server);
        wait_for_port("nginx", port)?;
        let id = server.0.id();
        Ok(Self {
            _server: server,
            url: format!("http://127.0.0.1:{port}"),
            id,
        })
    }
}

/// Waits until something listens on a port.
pub(crate) fn wait_for_port(what: &str, port: u16) -> anyhow::Result<()> {
    wait_until(what, 20, || {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    })
}

/// The binary, with none of the settings that the shell has for a Marquee of its own.
pub(crate) fn alone(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MARQUEE_") {
            command.env_remove(name);
        }
    }
    command
}

/// A Marquee of our own.
pub(crate) struct Marquee {
    server: Running,
    /// Its address.
    pub(crate) url: String,
}

impl Marquee {
    /// Starts `marquee serve` or `marquee demo` on a free port.
    pub(crate) fn start(
        binary: &Path,
        command: &str,
        data: &Path,
        more: &[&str],
    ) -> anyhow::Result<Self> {
        let mut server = alone(binary);
        server.arg(command).arg("--data-dir").arg(data).args(more);
        Self::run(server.stdout(Stdio::null()), "127.0.0.1")
    }

    /// Starts `marquee demo` in a folder that it has never seen, listening on all addresses of this machine, and returns the
    /// set-up link that it prints as well.
    pub(crate) fn start_first(binary: &Path, folder: &Path) -> anyhow::Result<(Self, String)> {
        let printed = folder.join("printed");
        let mut server = alone(binary);
        server.args(["demo", "--data-dir"]).arg(folder.join("data"));
        server.stdout(std::fs::File::create(&printed)?);
        let marquee = Self::run(&mut server, "0.0.0.0")?;
        let printed = std::fs::read_to_string(printed)?;
        let link = printed
            .lines()
            .find_map(|line| line.strip_prefix("Set up: "));
        let link = link.context("no set-up link was printed")?.to_owned();
        Ok((marquee, link))
    }

    /// Runs a prepared one on a free port of some address of this machine, until it is ready.
    fn run(server: &mut Command, address: &str) -> anyhow::Result<Self> {
        let port = free_port()?;
        server.arg("--listen").arg(format!("{address}:{port}"));
        let shown = format!("{server:?}");
        let server = server.spawn();
        let server = Running(server.with_context(|| format!("{shown} cannot be run"))?);
        wait_until("marquee", 60, || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() && healthy(port)
        })?;
        Ok(Self {
            server,
            url: format!("http://127.0.0.1:{port}"),
        })
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.server.0.id()
    }
}

/// Whether `/readyz` answers 200.
fn healthy(port: u16) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let mut answer = [0; 12];
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer.ends_with(b"200")
}
