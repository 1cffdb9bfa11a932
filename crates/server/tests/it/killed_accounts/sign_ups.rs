//! People who sign up while the server is killed.

use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use super::platform::{After, PASSWORD, Platform, post};
use super::{Tally, Told};
use crate::binary::{Answer, PATIENCE, Server, pause, until};

/// Somebody on the way to an account.
struct SignUp {
    address: String,
    code: Option<String>,
    asked: Told,
    verified: Told,
    completed: Told,
}

/// All that one client began.
#[derive(Default)]
pub(crate) struct SignUps(Vec<SignUp>);

impl SignUps {
    /// Signs one person up after the other, until the server is gone.
    pub(crate) fn go_on(&mut self, platform: &Platform, server: &Server) -> Option<()> {
        loop {
            self.0.push(SignUp {
                address: format!("{}@example.org", platform.fresh("new")),
                code: None,
                asked: Told::Unsent,
                verified: Told::Unsent,
                completed: Told::Unsent,
            });
            self.0.last_mut()?.go_on(platform, server)?;
        }
    }

    /// Holds what each was told against what there is, and brings all to an end.
    pub(crate) fn check(self, after: &After<'_>, tally: &mut Tally) -> Vec<String> {
        let check = |sign_up: SignUp| sign_up.check(after, tally);
        self.0.into_iter().filter_map(check).collect()
    }
}

impl SignUp {
    fn go_on(&mut self, platform: &Platform, server: &Server) -> Option<()> {
        self.asked = Told::Sent;
        self.asked.answered(&self.ask(server)?, 200);
        while self.code.is_none() {
            self.code = platform.code(&self.address);
            pause(Duration::from_millis(3));
            TcpStream::connect(server.address).ok()?;
        }
        self.verified = Told::Sent;
        self.verified.answered(&self.verify(server)?, 200);
        self.completed = Told::Sent;
        self.completed.answered(&self.complete(server)?, 201);
        Some(())
    }

    fn ask(&self, server: &Server) -> Option<Answer> {
        let body = json!({"email": self.address});
        post(server, "/auth/sign-up/request/", &[], &body)
    }

    fn verify(&self, server: &Server) -> Option<Answer> {
        let body = json!({"email": self.address, "code": self.code});
        post(server, "/auth/sign-up/verify/", &[], &body)
    }

    fn complete(&self, server: &Server) -> Option<Answer> {
        let body = json!({"email": self.address, "password": PASSWORD});
        post(server, "/auth/sign-up/complete/", &[], &body)
    }

    fn sign_in(&self, server: &Server) -> Answer {
        let body = json!({"email": self.address, "password": PASSWORD});
        post(server, "/auth/sign-in/", &[], &body).unwrap()
    }

    /// The address of the account, when there is one in the end.
    fn check(mut self, after: &After<'_>, tally: &mut Tally) -> Option<String> {
        let (who, server) = (self.address.clone(), after.server);
        if self.asked != Told::Answered {
            // Either there is a code and the mail that says it, or neither.
            let [codes, mails] = [
                "SELECT COUNT(*) FROM mailed_codes WHERE about = $1",
                "SELECT COUNT(*) FROM mails WHERE recipient = $1",
            ]
            .map(|sql| after.books.count(sql, [&who]));
            assert_eq!(codes, mails, "{who}");
            tally.cut("codes asked for", codes == 1);
            if codes == 0 {
                return None;
            }
        }
        if self.code.is_none() {
            after.books.hurry();
            until("the code", PATIENCE, || {
                self.code = after.platform.code(&who);
                self.code.is_some()
            });
        }
        if self.completed == Told::Answered {
            tally.acknowledged("sign-ups", 1);
            let answer = self.sign_in(server);
            assert_eq!(answer.status, 200, "{who} was lost: {}", answer.text());
        } else {
            let again = self.verify(server).unwrap();
            match self.verified {
                Told::Unsent => assert_eq!(again.status, 200, "{who}: {}", again.text()),
                // It may have been used by the call that was not answered, and proves the address all the same.
                Told::Sent => tally.cut("codes given back", again.status != 200),
                Told::Answered => assert_eq!(again.status, 400, "{who}: used twice"),
            }
            let done = self.complete(server).unwrap();
            if self.completed == Told::Sent {
                tally.cut("sign-ups", done.status != 201);
            } else {
                assert_eq!(done.status, 201, "{who}: {}", done.text());
            }
            let answer = self.sign_in(server);
            assert_eq!(answer.status, 200, "{who} is half there: {}", answer.text());
        }
        // Whatever happened: now the code is good for nothing.
        let again = self.verify(server).unwrap();
        assert!(
            (400..500).contains(&again.status),
            "{who}: {}",
            again.text()
        );
        let again = self.complete(server).unwrap();
        assert_eq!(again.status, 409, "{who}: {}", again.text());
        Some(who)
    }
}
