//! What tests of `kill -9` share: clients at work when it comes, and the starts afterwards.

use std::process::Command;
use std::time::Duration;

use crate::binary::{Server, pause, signal};

/// How long the starts after kills took; the promise is one second for each.
#[derive(Default)]
pub(crate) struct Starts(Vec<Duration>);

impl Starts {
    /// Starts a killed server again.
    pub(crate) fn after_a_kill(&mut self, command: Command) -> Server {
        let server = Server::with(command);
        self.0.push(server.ready_after);
        server
    }

    /// The figures.
    pub(crate) fn figures(&mut self) -> String {
        self.0.sort();
        let kills = self.0.len();
        let (half, most) = (self.0[kills / 2], self.0[kills * 19 / 20]);
        let slowest = self.0.last().unwrap();
        format!(
            "{kills} kills, ready after {half:?} (median), {most:?} (p95), {slowest:?} (longest)"
        )
    }

    /// Holds the promise and says the figures.
    pub(crate) fn check(mut self) -> String {
        let figures = self.figures();
        assert!(
            *self.0.last().unwrap() < Duration::from_secs(1),
            "{figures}"
        );
        figures
    }
}

/// Lets clients work on a server until a chance moment, kills it, and returns what each of them was told.
pub(crate) fn killed_at_work<T: Send, const CLIENTS: usize>(
    server: &mut Server,
    moment: Duration,
    client: impl Fn(usize, &Server) -> T + Sync,
) -> [T; CLIENTS] {
    let told = std::thread::scope(|scope| {
        // More than one, so that groups of writes are hit too.
        let (server, client) = (&*server, &client);
        let clients: [_; CLIENTS] =
            std::array::from_fn(|number| scope.spawn(move || client(number, server)));
        pause(moment);
        signal(server.child.id(), "KILL");
        clients.map(|client| client.join().unwrap())
    });
    server.kill();
    told
}
