//! A session that is refreshed while the server is killed.

use std::time::{Duration, Instant};

use serde_json::json;

use super::Tally;
use super::platform::{After, Platform, post, refresh, refresh_token};
use crate::binary::Server;

/// How long a repeat gets the same successor; less than the server's ten seconds, for the call itself.
const GRACE: Duration = Duration::from_secs(9);

/// What a client knows of its refresh tokens.
pub(crate) struct Family {
    /// Public id of the account, which has no other session.
    uuid: String,
    /// How often the client was given another token.
    generation: i64,
    /// The newest one.
    token: String,
    /// The one before.
    spent: Option<String>,
    /// When the newest one was first presented, if that was not answered.
    presented: Option<Instant>,
    kills: usize,
}

impl Family {
    /// A new session of somebody new.
    pub(crate) fn begin(platform: &Platform, server: &Server) -> Self {
        let id_token = platform.id_token("google", &platform.fresh("family"));
        let body = json!({"id_token": id_token});
        let answer = post(server, "/auth/social/google/", &[], &body).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let user = &answer.json()["result"]["user"];
        Self {
            uuid: user["uuid"].as_str().unwrap().to_owned(),
            generation: 0,
            token: refresh_token(&answer),
            spent: None,
            presented: None,
            kills: 0,
        }
    }

    /// Trades each token for the next until the server is gone.
    pub(crate) fn go_on(&mut self, server: &Server, tally: &mut usize) -> Option<()> {
        loop {
            self.presented = Some(Instant::now());
            let answer = refresh(server, &self.token)?;
            assert_eq!(answer.status, 200, "{}", answer.text());
            self.took(refresh_token(&answer));
            *tally += 1;
        }
    }

    fn took(&mut self, next: String) {
        self.spent = Some(std::mem::replace(&mut self.token, next));
        self.presented = None;
        self.generation += 1;
    }

    /// The newest token that the client was given goes on, whether or not its last call arrived. Now and then also:
    /// a spent one does not, and takes the session with it. The client as it goes on.
    pub(crate) fn check(mut self, after: &After<'_>, tally: &mut Tally) -> Self {
        let server = after.server;
        self.kills += 1;
        let stored = "SELECT s.generation FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.uuid = $1";
        let stored = after.books.count(stored, [&self.uuid]);
        let late = self.presented.is_some_and(|at| at.elapsed() > GRACE);
        let answer = refresh(server, &self.token).unwrap();
        if late && answer.status == 401 {
            // A machine that stood still: by now it counts as replayed.
            return Self::begin(after.platform, server);
        }
        assert_eq!(answer.status, 200, "revoked for nothing: {}", answer.text());
        if self.presented.is_some() {
            tally.cut("refreshes", stored > self.generation);
        }
        self.took(refresh_token(&answer));
        if self.kills.is_multiple_of(10) {
            let answer = refresh(server, &self.token).unwrap();
            assert_eq!(answer.status, 200, "{}", answer.text());
            let Some(spent) = &self.spent else {
                return self;
            };
            let replayed = refresh(server, spent).unwrap();
            assert_eq!(replayed.status, 401, "{}", replayed.text());
            let family = refresh(server, &refresh_token(&answer)).unwrap();
            assert_eq!(family.status, 401, "{}", family.text());
            tally.replayed += 1;
            return Self::begin(after.platform, server);
        }
        self
    }
}
