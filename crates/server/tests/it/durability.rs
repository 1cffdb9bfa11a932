//! Acknowledged means on disk: the system calls of the server show that its log is synchronised
//! before each answer. The same check finds fault when synchronising is turned off.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::binary::{Server, folder, movies, signal, tame};

const ANSWERS: usize = 8;

/// What a trace shows, in order.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    /// Something was written to the log.
    Written,
    /// The log was synchronised, and the call has returned.
    Synced,
    /// An answer 200 was sent.
    Answered,
}

/// Reads a trace. A call that others interrupt is on two lines; it counts when it has returned.
fn events(trace: &str) -> Vec<Event> {
    let mut open: HashMap<&str, &str> = HashMap::new();
    let mut events = Vec::new();
    for line in trace.lines() {
        let Some((process, call)) = line.split_once(' ') else {
            continue;
        };
        let call = call.trim_start();
        let begun = if call.ends_with("<unfinished ...>") {
            open.insert(process, call);
            // What is about to be written counts at once: not being synchronised is what is looked for.
            if call.starts_with("fdatasync") || call.starts_with("fsync") {
                continue;
            }
            call
        } else if call.starts_with("<...") {
            let Some(begun) = open.remove(process) else {
                continue;
            };
            if !begun.contains("sync(") {
                continue;
            }
            begun
        } else {
            call
        };
        let log = begun.contains("marquee.db-wal>");
        if log && (begun.starts_with("fdatasync") || begun.starts_with("fsync")) {
            events.push(Event::Synced);
        } else if log && begun.starts_with("pwrite64") {
            events.push(Event::Written);
        } else if begun.contains("\"HTTP/1.1 200 OK") {
            events.push(Event::Answered);
        }
    }
    events
}

/// Answers that were sent while something in the log was not synchronised, and answers in all.
fn broken_promises(events: &[Event]) -> (usize, usize) {
    let (mut dirty, mut broken, mut answers) = (false, 0, 0);
    for event in events {
        match event {
            Event::Written => dirty = true,
            Event::Synced => dirty = false,
            Event::Answered => {
                answers += 1;
                broken += usize::from(dirty);
                dirty = false;
            }
        }
    }
    (broken, answers)
}

/// Whether the server can be traced here.
fn strace(dir: &Path) -> bool {
    Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .current_dir(dir)
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Imports over HTTP under trace; returns what the trace shows of it.
fn trace(durability: &str) -> Option<Vec<Event>> {
    let dir = folder();
    if !strace(dir.path()) {
        eprintln!("skipped: strace is missing or may not trace");
        return None;
    }
    let file = dir.path().join("trace");
    let mut command = Command::new("strace");
    command
        .args(["-f", "-y", "-s", "32", "-e", "signal=none", "-e"])
        .arg("trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg")
        .arg("-o")
        .arg(&file)
        .arg(env!("CARGO_BIN_EXE_marquee"))
        .env("MARQUEE_DATABASE__DURABILITY", durability);
    tame(&mut command, dir.path());
    let mut server = Server::with(command);
    let mut traced = Traced::by(server.child.id());
    let token = server.token.clone().unwrap();
    let before = events(&std::fs::read_to_string(&file).unwrap()).len();
    for n in 0..ANSWERS {
        assert_eq!(
            server
                .import(&token, &movies(&format!("{n}-"), 3))
                .unwrap()
                .status,
            200
        );
    }
    // The tracer keeps signals to itself, so the wish goes to what it traces.
    signal(traced.0.unwrap(), "TERM");
    server.wait(Duration::from_secs(20));
    traced.0 = None;
    let mut events = events(&std::fs::read_to_string(&file).unwrap());
    Some(events.split_off(before))
}

/// The process that a tracer has started; it outlives its tracer, so it is ended with this value.
struct Traced(Option<u32>);

impl Traced {
    fn by(tracer: u32) -> Self {
        let path = format!("/proc/{tracer}/task/{tracer}/children");
        let children = std::fs::read_to_string(path).unwrap();
        Self(
            children
                .split_whitespace()
                .next()
                .map(|child| child.parse().unwrap()),
        )
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        if let Some(process) = self.0 {
            let _ = Command::new("kill")
                .args(["-KILL", &process.to_string()])
                .status();
        }
    }
}

#[test]
fn the_log_is_synchronised_before_each_answer() {
    if let Some(events) = trace("full") {
        let (broken, answers) = broken_promises(&events);
        assert!(answers >= ANSWERS, "{events:?}");
        assert!(
            events
                .iter()
                .filter(|event| **event == Event::Written)
                .count()
                >= ANSWERS
        );
        assert_eq!(broken, 0, "{events:?}");
    }
}

#[test]
fn the_check_finds_fault_when_synchronising_is_off() {
    if let Some(events) = trace("off") {
        let (broken, answers) = broken_promises(&events);
        assert!(answers >= ANSWERS, "{events:?}");
        assert!(broken >= ANSWERS, "{events:?}");
    }
}

#[test]
fn traces_are_read_rightly() {
    let trace = concat!(
        "10 pwrite64(9</d/marquee.db-wal>, \"x\"..., 4096, 0) = 4096\n",
        "10 fdatasync(9</d/marquee.db-wal> <unfinished ...>\n",
        "11 writev(5<socket:[1]>, [{iov_base=\"HTTP/1.1 200 OK\\r\\n\"...\n",
        "10 <... fdatasync resumed>) = 0\n",
        "11 writev(5<socket:[1]>, [{iov_base=\"HTTP/1.1 200 OK\\r\\n\"...\n",
    );
    let events = events(trace);
    assert_eq!(
        events,
        [
            Event::Written,
            Event::Answered,
            Event::Synced,
            Event::Answered
        ]
    );
    assert_eq!(broken_promises(&events), (1, 2));
}
