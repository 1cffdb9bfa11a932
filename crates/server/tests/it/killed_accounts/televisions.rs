//! Televisions that are let in while the server is killed.

use serde_json::{Value, json};

use super::platform::{After, Platform, post, send};
use super::{Tally, Told};
use crate::binary::{Answer, Server};

/// A television and the code that it shows.
struct Television {
    device: String,
    code: String,
    confirmed: Told,
    collected: Told,
}

/// All that one client let in, and who says yes.
pub(crate) struct Televisions {
    bearer: String,
    shown: Vec<Television>,
}

impl Televisions {
    /// Somebody new who says yes.
    pub(crate) fn new(platform: &Platform, server: &Server) -> Self {
        let id_token = platform.id_token("google", &platform.fresh("viewer"));
        let answer = post(
            server,
            "/auth/social/google/",
            &[],
            &json!({"id_token": id_token}),
        )
        .unwrap();
        let token = answer.json()["result"]["access_token"].clone();
        Self {
            bearer: format!("Bearer {}", token.as_str().unwrap()),
            shown: Vec::new(),
        }
    }

    /// Lets one in after the other, until the server is gone.
    pub(crate) fn go_on(&mut self, platform: &Platform, server: &Server) -> Option<()> {
        loop {
            let device = platform.fresh("tv");
            let answer = post(
                server,
                "/auth/ctv/activation/",
                &[("did", &device)],
                &Value::Null,
            )?;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let code = answer.json()["result"]["code"].as_str()?.to_owned();
            self.shown.push(Television {
                device,
                code,
                confirmed: Told::Unsent,
                collected: Told::Unsent,
            });
            let bearer = &self.bearer;
            let television = self.shown.last_mut()?;
            television.confirmed = Told::Sent;
            television
                .confirmed
                .answered(&television.confirm(server, bearer)?, 200);
            television.collected = Told::Sent;
            television
                .collected
                .answered(&television.poll(server)?, 200);
        }
    }

    /// Holds what was told against what there is, and brings all to an end.
    pub(crate) fn check(self, after: &After<'_>, tally: &mut Tally) {
        for television in self.shown {
            television.check(after, &self.bearer, tally);
        }
    }
}

impl Television {
    fn confirm(&self, server: &Server, bearer: &str) -> Option<Answer> {
        let headers = [("authorization", bearer)];
        post(
            server,
            "/auth/ctv/activation/confirm/",
            &headers,
            &json!({"code": self.code}),
        )
    }

    fn poll(&self, server: &Server) -> Option<Answer> {
        let path = format!("/auth/ctv/activation/?code={}", self.code);
        send(server, "GET", &path, &[], &Value::Null)
    }

    fn check(self, after: &After<'_>, bearer: &str, tally: &mut Tally) {
        let server = after.server;
        if self.confirmed != Told::Answered {
            let again = self.confirm(server, bearer).unwrap();
            tally.cut("televisions said yes to", again.status != 200);
        }
        let first = self.poll(server).unwrap();
        match self.collected {
            Told::Unsent => {
                assert_eq!(first.status, 200, "{}", first.text());
                assert_eq!(first.json()["result"]["status"], "confirmed");
            }
            Told::Sent => tally.cut("televisions let in", first.status == 404),
            Told::Answered => {
                assert_eq!(first.status, 404, "used twice: {}", first.text());
                tally.acknowledged("televisions let in", 1);
            }
        }
        assert_eq!(self.poll(server).unwrap().status, 404);
        assert_eq!(self.confirm(server, bearer).unwrap().status, 404);
        let sql = "SELECT COUNT(*) FROM sessions WHERE device = $1";
        let sessions = after.books.count(sql, [&self.device]);
        assert_eq!(sessions, 1, "sessions of {}", self.device);
    }
}
