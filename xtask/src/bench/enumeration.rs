//! Whether answers tell who has an account: calls about known and unknown addresses, at random on one connection,
//! compared by what they say and by how long they take.
//!
//! Times are compared by the area under the ROC curve (AUC): how often a call about a known address takes longer than
//! one about an unknown address. 0.5 says nothing about the address, 1 says all.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};

use super::client::{Client, Reply, percentile};
use super::report;
use crate::run::{Scratch, check, say};
use crate::servers::Marquee;

/// The most that times may tell.
const AIM: f64 = 0.52;
/// From how many samples on chance alone stays well below that: its standard deviation is about 0.004 at 10,000.
const ENOUGH: usize = 10_000;
const PASSWORD: &str = "long enough to be one";

/// Limits have no say here: everything comes from one client. Sign-up has to keep it to itself who has an account.
const SETTINGS: &str = "new_service_visibility = \"public\"\n[auth]\ntells_registration = false\n\
    [limits.rates]\nsign_in_client = \"off\"\nsign_in_address = \"off\"\nsign_up_client = \"off\"\nsign_up_mail = \"off\"\n\
    sign_up_mail_hourly = \"off\"\npassword_reset_client = \"off\"\npassword_reset_address = \"off\"\n";

/// Copies the account of the first address under every other one: real sign-ups would take longer than all that is
/// measured.
const COPY: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) '
name = \"printf('person%08d@example.org', 2 * i)\"
def copy(table, own, others):
    select = ', '.join([value for _, value in own] + others)
    into = ', '.join([column for column, _ in own] + others)
    db.execute(f'INSERT INTO {table} ({into}) ' + numbers + f'SELECT {select} FROM n, {table}', [int(sys.argv[2])])
others = ['email_verified', 'display_name', 'state', 'role', 'made_with', 'language', 'created_at']
copy('accounts', [('id', '1000000 + i'), ('uuid', \"printf('00000000-0000-7000-8000-%012d', i)\"), ('email', name)], others)
copy('addresses', [('email_key', name), ('account_id', '1000000 + i')], [])
copy('passwords', [('account_id', '1000000 + i')], ['phc', 'changed_at'])
db.commit()
";

/// What is asked about an address.
struct Question {
    what: &'static str,
    path: &'static str,
    status: u16,
    /// The body, with `ADDRESS` in the place of the address.
    body: &'static str,
    /// The first of the addresses that it is asked about: a mailed code is not sent again for a minute.
    first: usize,
}

/// Asks all questions `samples` times about known and as often about unknown addresses.
pub(crate) fn timing(binary: &Path, samples: usize) -> anyhow::Result<()> {
    say(&format!("who has an account, {samples} calls each way"));
    let data = Scratch::new("bench-enumeration")?;
    std::fs::create_dir_all(&data.0)?;
    let config = data.0.join("bench.toml");
    std::fs::write(&config, SETTINGS)?;
    let config = config.display().to_string();
    let start = || Marquee::start(binary, "serve", &data.0, &["--config", &config]);
    drop(start()?);
    super::accounts::add(binary, &data.0, &[], &address(true, 0), PASSWORD)?;
    let copies = (2 * samples).to_string();
    let database = data.0.join("marquee.db");
    check(
        Command::new("python3")
            .args(["-c", COPY])
            .arg(database)
            .arg(copies),
    )?;
    let marquee = start()?;
    let questions = [
        Question {
            what: "sign-in with a wrong password",
            path: "/odx/api/v4/auth/sign-in/",
            status: 401,
            body: r#"{"email":"ADDRESS","password":"not the one that opens it"}"#,
            first: 1,
        },
        Question {
            what: "sign-up request",
            path: "/odx/api/v4/auth/sign-up/request/",
            status: 200,
            body: r#"{"email":"ADDRESS"}"#,
            first: 1,
        },
        Question {
            what: "resend",
            path: "/odx/api/v4/auth/sign-up/resend/",
            status: 200,
            body: r#"{"email":"ADDRESS"}"#,
            first: samples + 1,
        },
        Question {
            what: "password-reset request",
            path: "/odx/api/v4/auth/password-reset/request/",
            status: 200,
            body: r#"{"email":"ADDRESS"}"#,
            first: 1,
        },
    ];
    let mut told = Vec::new();
    for question in &questions {
        let (auc, apart) = ask(&marquee, question, samples)?;
        report(
            &format!("{}: AUC (aim: at most {AIM})", question.what),
            &format!("{auc:.4}, medians {apart:+.3} ms apart; the same bodies and headers"),
        );
        if samples >= ENOUGH && auc > AIM {
            told.push(question.what);
        }
    }
    ensure!(told.is_empty(), "times tell who has an account: {told:?}");
    Ok(())
}

/// The known have even numbers: both kinds look the same and lie between each other in every index.
fn address(known: bool, n: usize) -> String {
    format!("person{:08}@example.org", 2 * n + usize::from(!known))
}

/// Asks one question about all addresses in a random order; how well its times tell which is which, and how far they are
/// apart in milliseconds.
fn ask(marquee: &Marquee, question: &Question, samples: usize) -> anyhow::Result<(f64, f64)> {
    let numbers = question.first..question.first + samples;
    let mut order: Vec<(bool, usize)> = numbers.flat_map(|n| [(true, n), (false, n)]).collect();
    fastrand::Rng::with_seed(1).shuffle(&mut order);
    let mut client = Client::new(&marquee.url)?;
    let mut times = Vec::with_capacity(order.len());
    let mut says: Option<String> = None;
    for (known, n) in order {
        let address = address(known, n);
        let body = question.body.replace("ADDRESS", &address);
        let headers = [("content-type", "application/json")];
        let began = Instant::now();
        let reply = client.exchange("POST", question.path, &headers, &body)?;
        times.push((began.elapsed().as_secs_f64(), known));
        ensure!(
            reply.status == question.status,
            "{}: {} for {address}",
            question.what,
            reply.status
        );
        let text = anonymous(&reply, &address)?;
        let first = says.get_or_insert_with(|| text.clone());
        ensure!(
            *first == text,
            "{}: {first}\nbut {address}: {text}",
            question.what
        );
    }
    let apart = apart(&times);
    Ok((auc(times), apart))
}

/// By how many milliseconds the median of calls about known addresses is above that of the others.
fn apart(times: &[(f64, bool)]) -> f64 {
    let median = |known: bool| {
        let of = times.iter().filter(|time| time.1 == known);
        percentile(&mut of.map(|time| time.0 * 1000.0).collect::<Vec<_>>(), 0.5)
    };
    median(true) - median(false)
}

/// Headers and body without the address, and without what differs from call to call.
fn anonymous(reply: &Reply, address: &str) -> anyhow::Result<String> {
    let body = std::str::from_utf8(&reply.body).context("a body that is text")?;
    let headers = reply.headers.iter();
    let same = headers.filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
    let mut text = String::new();
    for (name, value) in same {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push_str(&body.replace(address, "ADDRESS"));
    Ok(text)
}

/// The area under the ROC curve by the ranks of the known (Mann and Whitney), equal times sharing their ranks; whichever
/// way they lean, so at least 0.5.
fn auc(mut times: Vec<(f64, bool)>) -> f64 {
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut rank) = (0.0, 0.0);
    for equal in times.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let count = equal.len() as f64;
        let shared = rank + (count + 1.0) / 2.0;
        ranks += shared * equal.iter().filter(|(_, known)| *known).count() as f64;
        rank += count;
    }
    let known = times.iter().filter(|(_, known)| *known).count() as f64;
    let unknown = times.len() as f64 - known;
    let auc = (ranks - known * (known + 1.0) / 2.0) / (known * unknown);
    auc.max(1.0 - auc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_says_how_well_times_tell() {
        let times = |known: &[f64], unknown: &[f64]| {
            let known = known.iter().map(|&time| (time, true));
            auc(known
                .chain(unknown.iter().map(|&time| (time, false)))
                .collect())
        };
        let close = |found: f64, expected: f64| (found - expected).abs() < 1e-12;
        assert!(close(times(&[1.0, 2.0], &[3.0, 4.0]), 1.0));
        assert!(close(times(&[3.0, 4.0], &[1.0, 2.0]), 1.0));
        assert!(close(times(&[1.0, 4.0], &[2.0, 3.0]), 0.5));
        assert!(close(times(&[1.0, 1.0], &[1.0, 1.0]), 0.5));
        assert!(close(times(&[1.0, 3.0, 3.0], &[2.0, 3.0]), 0.5));
    }
}
