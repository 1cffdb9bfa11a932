//! What accounts cost: passwords, refreshes, tokens on reads, and a flood of sign-ins.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde_json::Value;

use super::client::{Client, cpu_seconds, percentile, resident_mib};
use super::report;
use crate::run::{Scratch, output, say};
use crate::servers::{Marquee, Postgres, alone};

const PASSWORD: &str = "long enough to be one";
const PEOPLE: usize = 32;
const SECONDS: u64 = 8;
/// How often sign-ins and bare hashes take turns, and for how long.
const ROUNDS: u32 = 8;
const ROUND: Duration = Duration::from_millis(1500);
/// Sign-ins of the flood, all at once.
const FLOOD: usize = 2000;

/// Limits have no say here: everything comes from one client.
const RATES: &str = "[limits.rates]\nsign_in_client = \"off\"\nsign_in_address = \"off\"\nrefresh_client = \"off\"\ncatalog_reads = \"off\"\n";

/// All of it.
pub(crate) fn accounts(binary: &Path) -> anyhow::Result<()> {
    say("accounts on SQLite");
    let data = Scratch::new("bench-accounts")?;
    let marquee = start(binary, &data.0, &[])?;
    people(binary, &data.0, &[])?;
    sign_ins(&marquee)?;
    refreshes(&marquee, &data.0, "SQLite (aim: 2500 per CPU-second)")?;
    reads(&marquee)?;
    drop(marquee);
    flood(binary, &data.0)?;
    say("accounts on PostgreSQL");
    let postgres = Postgres::start()?;
    let other = Scratch::new("bench-accounts-postgres")?;
    let database = ["--database", postgres.url.as_str()];
    let marquee = start(binary, &other.0, &database)?;
    people(binary, &other.0, &database)?;
    refreshes(&marquee, &other.0, "PostgreSQL")
}

fn start(binary: &Path, data: &Path, more: &[&str]) -> anyhow::Result<Marquee> {
    std::fs::create_dir_all(data)?;
    let config = data.join("bench.toml");
    std::fs::write(
        &config,
        format!("new_service_visibility = \"public\"\n{RATES}"),
    )?;
    let config = config.display().to_string();
    Marquee::start(
        binary,
        "serve",
        data,
        &[&["--config", &config], more].concat(),
    )
}

fn address(n: usize) -> String {
    format!("person{n}@example.org")
}

fn people(binary: &Path, data: &Path, more: &[&str]) -> anyhow::Result<()> {
    for n in 0..PEOPLE {
        add(binary, data, more, &address(n), PASSWORD)?;
    }
    Ok(())
}

/// Makes an account on the command line.
pub(super) fn add(
    binary: &Path,
    data: &Path,
    more: &[&str],
    address: &str,
    password: &str,
) -> anyhow::Result<()> {
    let mut add = alone(binary);
    add.args(["user", "add", address, "--password-stdin", "--data-dir"])
        .arg(data)
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let mut child = add.spawn()?;
    let mut stdin = child.stdin.take().context("a way in")?;
    writeln!(stdin, "{password}")?;
    drop(stdin);
    anyhow::ensure!(child.wait()?.success(), "an account could not be made");
    Ok(())
}

/// Signs in; the access token and the refresh token.
fn sign_in(client: &mut Client, n: usize) -> anyhow::Result<(String, String)> {
    let body = format!(r#"{{"email":"{}","password":"{PASSWORD}"}}"#, address(n));
    let headers = [("content-type", "application/json")];
    let (status, body, cookie) =
        client.send_for_cookie("POST", "/odx/api/v4/auth/sign-in/", &headers, &body)?;
    anyhow::ensure!(status == 200, "a sign-in answered {status}");
    let body: Value = serde_json::from_slice(&body)?;
    let access = body["result"]["access_token"].as_str().context("a token")?;
    Ok((access.to_owned(), cookie))
}

/// Lets some threads do one thing after the other for a while; how many were done.
fn busy<D: FnMut(usize) -> anyhow::Result<()>>(
    threads: usize,
    doer: impl Fn() -> anyhow::Result<D> + Sync,
) -> anyhow::Result<usize> {
    let began = Instant::now();
    let work = |thread: usize| -> anyhow::Result<usize> {
        let (mut one, mut done) = (doer()?, 0);
        while began.elapsed() < ROUND {
            one(thread * 7 + done)?;
            done += 1;
        }
        Ok(done)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || work(thread)))
            .collect();
        let mut all = 0;
        for thread in threads {
            let done = thread.join();
            all += done.map_err(|_| anyhow::anyhow!("a thread failed"))??;
        }
        Ok(all)
    })
}

/// Makes hashes with nothing around them, on both cores: what the machine can do at all.
fn bare_hashes() -> anyhow::Result<usize> {
    let fault = |fault| anyhow::anyhow!("a hash failed: {fault}");
    let params = Params::new(19 * 1024, 2, 1, None).map_err(fault)?;
    busy(2, || {
        let mut memory = vec![Block::new(); params.block_count()];
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        Ok(move |_| {
            let (password, salt, mut out) = (PASSWORD.as_bytes(), [7; 16], [0; 32]);
            let memory = &mut memory;
            hasher
                .hash_password_into_with_memory(password, &salt, &mut out, memory)
                .map_err(fault)
        })
    })
}

/// Sign-ins and their hashes alone take turns: the speed of a shared machine changes within seconds.
fn sign_ins(marquee: &Marquee) -> anyhow::Result<()> {
    let (mut done, mut cpu, mut bare, mut bare_cpu) = (0, 0.0, 0, 0.0);
    for _ in 0..ROUNDS {
        let before = cpu_seconds(std::process::id());
        bare += bare_hashes()?;
        bare_cpu += cpu_seconds(std::process::id()) - before;
        let before = cpu_seconds(marquee.id());
        done += busy(4, || {
            let mut client = Client::new(&marquee.url)?;
            Ok(move |n: usize| sign_in(&mut client, n % PEOPLE).map(drop))
        })?;
        cpu += cpu_seconds(marquee.id()) - before;
    }
    let (signed_in, hashed) = (done as f64 / cpu, bare as f64 / bare_cpu);
    report(
        "sign-ins with a password (aim: 45 per CPU-second)",
        &format!(
            "{signed_in:.0} per CPU-second, {:.0}/s; {:.2} times the CPU of a hash alone, of which {hashed:.0}",
            done as f64 / (ROUND * ROUNDS).as_secs_f64(),
            hashed / signed_in,
        ),
    );
    Ok(())
}

/// Every connection trades tokens of a pool, each for the next.
fn refreshes(marquee: &Marquee, data: &Path, where_: &str) -> anyhow::Result<()> {
    let mut client = Client::new(&marquee.url)?;
    let mut tokens = Vec::new();
    for n in 0..160 {
        tokens.push(format!("'{}'", sign_in(&mut client, n % PEOPLE)?.1));
    }
    let script = data.join("refresh.lua");
    std::fs::write(
        &script,
        format!(
            "local all, threads = {{{}}}, 0\n\
             function setup(thread) threads = threads + 1; thread:set('me', threads) end\n\
             function init() pool = {{}}; for n = me, #all, 2 do pool[#pool + 1] = all[n] end\n\
               wrk.headers['service-name'] = 'amasian' end\n\
             function request()\n\
               wrk.headers['cookie'] = 'refresh_token=' .. table.remove(pool, 1)\n\
               return wrk.format('POST', '/odx/api/v4/auth/refresh/')\n\
             end\n\
             function response(status, headers)\n\
               local cookie = headers['set-cookie'] or headers['Set-Cookie']\n\
               pool[#pool + 1] = cookie:match('refresh_token=([^;]+)')\n\
             end\n",
            tokens.join(",")
        ),
    )?;
    let before = cpu_seconds(marquee.id());
    let mut wrk = Command::new("wrk");
    wrk.args(["-t2", "-c64", &format!("-d{SECONDS}s"), "--latency", "-s"])
        .arg(&script)
        .arg(&marquee.url);
    let printed = output(&mut wrk)?;
    anyhow::ensure!(!printed.contains("Non-2xx"), "refreshes failed:\n{printed}");
    let cpu = cpu_seconds(marquee.id()) - before;
    let word = |name: &str| -> Option<&str> {
        let line = printed.lines().find(|line| line.trim().starts_with(name))?;
        line.split_whitespace().last()
    };
    let rate: f64 = word("Requests/sec:").context("a rate")?.parse()?;
    let per_cpu = rate * SECONDS as f64 / cpu;
    report(
        &format!("refreshes on {where_}"),
        &format!(
            "{per_cpu:.0} per CPU-second, {rate:.0}/s, p99 {}",
            word("99%").unwrap_or("?")
        ),
    );
    Ok(())
}

/// The list of favorites with a token that was seen before, against a device's.
fn reads(marquee: &Marquee) -> anyhow::Result<()> {
    let mut client = Client::new(&marquee.url)?;
    let (access, _) = sign_in(&mut client, 0)?;
    let path = format!("{}/odx/api/v4/favorites/", marquee.url);
    let bearer = format!("Authorization: Bearer {access}");
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let cost = |header: &str| -> anyhow::Result<f64> {
            let before = cpu_seconds(marquee.id());
            let rate = super::client::wrk(&path, 16, 4, &["-H", header])?;
            Ok((cpu_seconds(marquee.id()) - before) / (rate * 4.0) * 1e6)
        };
        let anonymous = cost("did: tv")?;
        let signed = cost(&bearer)?;
        ratios.push((signed / anonymous, anonymous, signed));
    }
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, anonymous, signed) = ratios[1];
    report(
        "favorites with a token against a device's (aim: at most 1.15)",
        &format!("{ratio:.2} ({signed:.0} and {anonymous:.0} µs of CPU)"),
    );
    let mut first = Vec::new();
    // The one from before has been silent for too long.
    let mut client = Client::new(&marquee.url)?;
    for n in 0..PEOPLE {
        let (access, _) = sign_in(&mut client, n)?;
        let bearer = format!("Bearer {access}");
        let headers = [("authorization", bearer.as_str())];
        let began = Instant::now();
        client.get_with("/odx/api/v4/favorites/", &headers)?;
        first.push(began.elapsed().as_secs_f64() * 1e6);
    }
    report(
        "the same, first use of a token",
        &format!("{:.0} µs at the median", percentile(&mut first, 0.5)),
    );
    Ok(())
}

/// Thousands sign in at once: most are asked to come back, and everybody else goes on.
fn flood(binary: &Path, data: &Path) -> anyhow::Result<()> {
    let marquee = start(binary, data, &[])?;
    let mut client = Client::new(&marquee.url)?;
    client.get("/odx/api/v4/content/")?;
    let idle = resident_mib(marquee.id());
    let body = format!(r#"{{"email":"{}","password":"{PASSWORD}"}}"#, address(1));
    let (mut most, mut others, mut statuses) = (0_f64, Vec::new(), [0_usize; 3]);
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let callers: Vec<_> = (0..FLOOD)
            .map(|_| {
                let (url, body) = (&marquee.url, &body);
                std::thread::Builder::new()
                    .stack_size(128 << 10)
                    .spawn_scoped(scope, move || -> anyhow::Result<u16> {
                        let headers = [("content-type", "application/json")];
                        let path = "/odx/api/v4/auth/sign-in/";
                        Ok(Client::new(url)?.send("POST", path, &headers, body)?.0)
                    })
            })
            .collect::<Result<_, _>>()?;
        while callers.iter().any(|caller| !caller.is_finished()) {
            let began = Instant::now();
            let (status, _) = client.get("/odx/api/v4/content/")?;
            anyhow::ensure!(status == 200, "a read answered {status}");
            others.push(began.elapsed().as_secs_f64() * 1000.0);
            most = most.max(resident_mib(marquee.id()));
        }
        for caller in callers {
            let status = caller
                .join()
                .map_err(|_| anyhow::anyhow!("a caller failed"))??;
            let at = match status {
                200 => 0,
                503 => 1,
                _ => 2,
            };
            statuses[at] += 1;
        }
        Ok(())
    })?;
    let [done, later, failed] = statuses;
    report(
        &format!("a flood of {FLOOD} sign-ins (aim: 98 MiB more at most)"),
        &format!(
            "{:.0} MiB more; {done} signed in, {later} to come back, {failed} else",
            most - idle
        ),
    );
    report(
        "reads meanwhile, p99 (aim: under 50 ms)",
        &format!(
            "{:.1} ms of {}",
            percentile(&mut others, 0.99),
            others.len()
        ),
    );
    Ok(())
}
