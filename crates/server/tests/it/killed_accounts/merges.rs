//! Devices and accounts that go into an account while the server is killed.

use serde_json::{Value, json};

use super::platform::{After, Books, Platform, post, send};
use super::{Tally, Told};
use crate::binary::{Answer, Server};

/// Who somebody is to a client: a session, and the token of the provider that opened it.
struct Person {
    uuid: String,
    email: String,
    bearer: String,
    id_token: String,
}

impl Person {
    fn new(platform: &Platform, server: &Server, provider: &str) -> Option<Self> {
        let id_token = platform.id_token(provider, &platform.fresh(provider));
        let answer = sign_in(server, provider, &id_token)?;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let result = &answer.json()["result"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Some(Self {
            uuid: text(&result["user"]["uuid"]),
            email: text(&result["user"]["email"]),
            bearer: format!("Bearer {}", text(&result["access_token"])),
            id_token,
        })
    }
}

fn sign_in(server: &Server, provider: &str, id_token: &str) -> Option<Answer> {
    let path = format!("/auth/social/{provider}/");
    post(server, &path, &[], &json!({"id_token": id_token}))
}

/// An account that takes in a device, then another account.
struct Pair {
    kept: Person,
    other: Person,
    device: String,
    device_merged: Told,
    merged: Told,
}

/// All that one client has prepared and begun.
#[derive(Default)]
pub(crate) struct Merges {
    ready: Option<Pair>,
    begun: Vec<Pair>,
}

/// What an auditor finds of a device and its account: favorites and progress of the device, then both in the account.
const DEVICE: [[i64; 4]; 2] = [[1, 1, 0, 0], [0, 0, 1, 1]];

/// The same of two accounts: whether the other one is merged, its favorites, progress, identities and live sessions;
/// favorites, progress and identities of the one that is kept; events, journals with something in them, letters.
const ACCOUNTS: [[i64; 11]; 2] = [
    [0, 2, 2, 1, 1, 2, 1, 1, 0, 0, 0],
    [1, 0, 0, 0, 0, 3, 2, 2, 1, 1, 2],
];

impl Merges {
    /// Makes a pair to begin with, so that most of what is hit are merges.
    pub(crate) fn prepare(&mut self, platform: &Platform, server: &Server, contents: &[i64]) {
        if self.ready.is_none() {
            self.ready = Pair::new(platform, server, contents);
        }
    }

    /// Merges one pair after the other, until the server is gone.
    pub(crate) fn go_on(
        &mut self,
        platform: &Platform,
        server: &Server,
        contents: &[i64],
    ) -> Option<()> {
        loop {
            let pair = match self.ready.take() {
                Some(pair) => pair,
                None => Pair::new(platform, server, contents)?,
            };
            self.begun.push(pair);
            self.begun.last_mut()?.go_on(server)?;
        }
    }

    /// Holds what was told against what there is, and brings all that was begun to an end.
    pub(crate) fn check(&mut self, after: &After<'_>, tally: &mut Tally) {
        for pair in self.begun.drain(..) {
            pair.check(after, tally);
        }
    }
}

impl Pair {
    /// Both accounts and the device have something of their own, the accounts also something in common.
    fn new(platform: &Platform, server: &Server, contents: &[i64]) -> Option<Self> {
        let pair = Self {
            kept: Person::new(platform, server, "apple")?,
            other: Person::new(platform, server, "google")?,
            device: platform.fresh("device"),
            device_merged: Told::Unsent,
            merged: Told::Unsent,
        };
        let kept = ("authorization", pair.kept.bearer.as_str());
        let other = ("authorization", pair.other.bearer.as_str());
        let device = ("did", pair.device.as_str());
        for (who, favorites, watched) in [
            (kept, &contents[0..2], &contents[0..1]),
            (other, &contents[1..3], &contents[0..2]),
            (device, &contents[3..4], &contents[3..4]),
        ] {
            for content in favorites {
                let body = json!({"source_id": content, "type": "content"});
                let answer = post(server, "/favorites/", &[who], &body)?;
                assert_eq!(answer.status, 201, "{}", answer.text());
            }
            for content in watched {
                let body = json!({"content_id": content, "last_position": 60});
                let answer = post(server, "/continue-watching/", &[who], &body)?;
                assert_eq!(answer.status, 200, "{}", answer.text());
            }
        }
        Some(pair)
    }

    fn go_on(&mut self, server: &Server) -> Option<()> {
        self.device_merged = Told::Sent;
        self.device_merged
            .answered(&self.merge_device(server)?, 200);
        self.merged = Told::Sent;
        self.merged.answered(&self.merge(server)?, 200);
        Some(())
    }

    fn merge_device(&self, server: &Server) -> Option<Answer> {
        let headers = [
            ("authorization", self.kept.bearer.as_str()),
            ("did", self.device.as_str()),
        ];
        post(server, "/account/merge-device/", &headers, &Value::Null)
    }

    fn merge(&self, server: &Server) -> Option<Answer> {
        let headers = [("authorization", self.kept.bearer.as_str())];
        let body = json!({"provider": "google", "id_token": self.other.id_token});
        post(server, "/account/merge/", &headers, &body)
    }

    /// Which of both states the device is in; panics when it is in neither.
    fn device_state(&self, books: &Books<'_>) -> Told {
        let (device, user) = (
            format!("device:{}", self.device),
            format!("user:{}", self.kept.uuid),
        );
        let found = [
                books.count("SELECT COUNT(*) FROM favorites WHERE owner = $1", [&device]),
                books.count("SELECT COUNT(*) FROM progress WHERE owner = $1", [&device]),
                books.count(
                    "SELECT COUNT(*) FROM favorites WHERE owner = $1 AND source_id = (SELECT MAX(id) FROM contents)",
                    [&user],
                ),
                books.count(
                    "SELECT COUNT(*) FROM progress WHERE owner = $1 AND content_id = (SELECT MAX(id) FROM contents)",
                    [&user],
                ),
        ];
        state(&DEVICE, &found)
    }

    fn accounts_state(&self, books: &Books<'_>) -> Told {
        const IDENTITIES: &str = "SELECT COUNT(*) FROM social_identities s JOIN accounts a ON a.id = s.account_id \
            WHERE a.uuid = $1";
        const JOURNALS: &str = "SELECT COUNT(*) FROM account_merges m JOIN accounts k ON k.id = m.kept_id \
            JOIN accounts o ON o.id = m.merged_id WHERE k.uuid = $1 AND o.uuid = $2 AND m.undone_at IS NULL \
            AND m.journal LIKE '%google%'";
        const SHARED: &str = "SELECT COUNT(*) FROM favorites WHERE owner = $1 AND source_id < (SELECT MAX(id) FROM contents)";
        const WATCHED: &str = "SELECT COUNT(*) FROM progress WHERE owner = $1 AND content_id < (SELECT MAX(id) FROM contents)";
        let (kept, other) = (self.kept.uuid.as_str(), self.other.uuid.as_str());
        let keys = [kept, other].map(|uuid| format!("user:{uuid}"));
        let found = [
                books.count(
                    "SELECT COUNT(*) FROM accounts WHERE uuid = $1 AND state = 'merged'",
                    [other],
                ),
                books.count(SHARED, [&keys[1]]),
                books.count(WATCHED, [&keys[1]]),
                books.count(IDENTITIES, [other]),
                books.count(
                    "SELECT COUNT(*) FROM sessions s JOIN accounts a ON a.id = s.account_id \
                     WHERE a.uuid = $1 AND s.ended_at IS NULL",
                    [other],
                ),
                books.count(SHARED, [&keys[0]]),
                books.count(WATCHED, [&keys[0]]),
                books.count(IDENTITIES, [kept]),
                books.count(
                    "SELECT COUNT(*) FROM audit_events WHERE kind = 'accounts_merged' AND account = $1 AND detail = $2",
                    [kept, other],
                ),
                books.count(JOURNALS, [kept, other]),
                books.count(
                    "SELECT COUNT(*) FROM mails WHERE letter = 'accounts_merged' AND recipient IN ($1, $2)",
                    [&self.kept.email, &self.other.email],
                ),
        ];
        state(&ACCOUNTS, &found)
    }

    fn check(self, after: &After<'_>, tally: &mut Tally) {
        let (server, books) = (after.server, after.books);
        let found = self.device_state(books);
        match self.device_merged {
            Told::Unsent => assert_eq!(found, Told::Unsent),
            Told::Sent => tally.cut("merges of devices", found == Told::Answered),
            Told::Answered => assert_eq!(found, Told::Answered, "the merge of a device was lost"),
        }
        let found = self.accounts_state(books);
        match self.merged {
            Told::Unsent => assert_eq!(found, Told::Unsent),
            Told::Sent => tally.cut("merges of accounts", found == Told::Answered),
            Told::Answered => {
                assert_eq!(found, Told::Answered, "the merge of an account was lost");
                tally.acknowledged("merges of accounts", 1);
            }
        }
        // Whatever was done is done once; whatever was not can be.
        assert_eq!(self.merge_device(server).unwrap().status, 200);
        assert_eq!(self.device_state(books), Told::Answered);
        let again = self.merge(server).unwrap();
        let wanted = if found == Told::Answered {
            400..500
        } else {
            200..201
        };
        assert!(wanted.contains(&again.status), "{}", again.text());
        assert_eq!(self.accounts_state(books), Told::Answered);
        let headers = [("authorization", self.other.bearer.as_str())];
        let gone = send(server, "GET", "/account/profile/", &headers, &Value::Null).unwrap();
        assert_eq!(gone.status, 401, "{}", gone.text());
        let opened = sign_in(server, "google", &self.other.id_token).unwrap();
        assert_eq!(opened.json()["result"]["user"]["uuid"], *self.kept.uuid);
    }
}

/// Unsent for the first state, answered for the second.
fn state<const N: usize>(states: &[[i64; N]; 2], found: &[i64; N]) -> Told {
    match states.iter().position(|state| state == found) {
        Some(0) => Told::Unsent,
        Some(_) => Told::Answered,
        None => panic!("half merged: {found:?} is none of {states:?}"),
    }
}
