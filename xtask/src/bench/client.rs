//! A small HTTP client that keeps its connection, and what the system says about a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;

use anyhow::{Context, bail};

/// An answer as it came.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in lower case, in the order of the wire.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// One connection.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Client {
    /// Connects to `http://host:port`.
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        let host = url.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            host,
        })
    }

    /// Sends a GET and returns status and body.
    pub(crate) fn get(&mut self, path: &str) -> anyhow::Result<(u16, Vec<u8>)> {
        self.get_with(path, &[])
    }

    /// The same in a language.
    pub(crate) fn get_in(&mut self, path: &str, language: &str) -> anyhow::Result<(u16, Vec<u8>)> {
        self.get_with(path, &[("accept-language", language)])
    }

    /// The same with more headers.
    pub(crate) fn get_with(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        self.send("GET", path, headers, "")
    }

    /// Sends any request.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        let (status, body, _) = self.send_for_cookie(method, path, headers, body)?;
        Ok((status, body))
    }

    /// The same with the value of the cookie that is set, if one is.
    pub(crate) fn send_for_cookie(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> anyhow::Result<(u16, Vec<u8>, String)> {
        let reply = self.exchange(method, path, headers, body)?;
        let mut set = reply
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        let cookie = set.next_back().map_or("", |(_, value)| {
            let value = value.split(';').next().unwrap_or_default();
            value.split_once('=').map_or("", |(_, value)| value)
        });
        let cookie = cookie.to_owned();
        Ok((reply.status, reply.body, cookie))
    }

    /// Sends any request and returns everything that came back.
    pub(crate) fn exchange(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> anyhow::Result<Reply> {
        let more: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nservice-name: amasian\r\ncontent-length: {}\r\n{more}\r\n{body}",
            self.host,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (mut status, mut length, mut line) = (0, 0, String::new());
        let mut headers = Vec::new();
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                bail!("the server closed the connection");
            }
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
                status = rest
                    .get(..3)
                    .and_then(|code| code.parse().ok())
                    .context("a status")?;
            }
            let Some((name, value)) = text.split_once(':') else {
                continue;
            };
            let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
            if name == "content-length" {
                length = value.parse()?;
            }
            headers.push((name, value));
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Reply {
            status,
            headers,
            body,
        })
    }
}

/// CPU seconds that a process (with its children, for nginx) has used.
pub(crate) fn cpu_seconds(id: u32) -> f64 {
    let of = |id: u32| -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let ticks = |n: usize| {
            fields
                .get(n)
                .and_then(|field| field.parse::<f64>().ok())
                .unwrap_or(0.0)
        };
        // utime and stime are fields 14 and 15; two come before the closing bracket. A tick is 10 ms.
        (ticks(11) + ticks(12)) / 100.0
    };
    let children =
        std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    of(id)
        + children
            .split_whitespace()
            .filter_map(|child| child.parse().ok())
            .map(of)
            .sum::<f64>()
}

/// Resident memory of a process in MiB.
pub(crate) fn resident_mib(id: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .unwrap_or(0.0)
        / 1024.0
}

/// Requests per second of wrk on two threads.
pub(crate) fn wrk(url: &str, connections: u32, seconds: u32, more: &[&str]) -> anyhow::Result<f64> {
    let mut wrk = Command::new("wrk");
    wrk.args([
        "-t2",
        &format!("-c{connections}"),
        &format!("-d{seconds}s"),
        "-H",
        "Service-Name: amasian",
    ])
    .args(more)
    .arg(url);
    let printed = crate::run::output(&mut wrk)?;
    if printed.contains("Non-2xx") {
        bail!("{url} answered with failures:\n{printed}");
    }
    let line = printed
        .lines()
        .find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    line.and_then(|rate| rate.trim().parse().ok())
        .with_context(|| format!("wrk printed no rate:\n{printed}"))
}

/// The value below which a share of the samples lies.
pub(crate) fn percentile(samples: &mut [f64], share: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let at = ((samples.len() as f64) * share).ceil() as usize;
    samples.get(at.saturating_sub(1)).copied().unwrap_or(0.0)
}
