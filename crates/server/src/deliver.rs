//! Sending what is in the outbox: one task per process claims what is due, a few at a time, and hands it to the courier.
//!
//! No unit of work is open while a mail is under way. A claim lasts longer than a mail may take, so no two nodes send the
//! same one; whoever dies in between leaves it to the next when the claim lapses.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use marquee_domain::Clock;
use marquee_identity::{Identity, IdentityError};
use marquee_mail::{Courier, Failure, Files, Writer};
use marquee_storage::outbox::{self, KEPT_MS, Mail, Prospect, TRIED_MS};
use marquee_storage::{Db, StorageError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How long a claim lasts.
const LEASE_MS: i64 = 180_000;
/// The longest that a mail may take.
const MAIL_TIME: Duration = Duration::from_secs(90);
/// Mails under way at a time.
const AT_ONCE: i64 = 4;
/// How often the outbox is looked at without having been woken: for mails of other processes, and those to be tried again.
const IDLE: Duration = Duration::from_secs(2);
/// How long to rest when the database failed.
const FAILED: Duration = Duration::from_secs(5);
/// How long mails under way may take when the process is asked to stop.
const LAST_WORDS: Duration = Duration::from_millis(1500);
/// How often old mails are taken away.
const PURGE_TIME: Duration = Duration::from_secs(3600);
/// How many rows are taken away at a time.
const PURGED_AT_ONCE: i64 = 500;

/// Whoever sends mail.
pub(crate) struct Post {
    db: Db,
    clock: Arc<dyn Clock>,
    identity: Identity,
    writer: Writer,
    courier: Arc<dyn Courier>,
    files: Option<Files>,
}

impl Post {
    /// By the settings.
    pub(crate) fn of(app: &App) -> anyhow::Result<Self> {
        Ok(Self {
            db: app.db.clone(),
            clock: app.clock.clone(),
            identity: app.identity.clone(),
            writer: app.settings.writer(app.public_address.live().clone())?,
            courier: app.settings.courier()?,
            files: app.settings.mail_files(),
        })
    }

    /// Runs until `stop`.
    pub(crate) async fn work(self, stop: CancellationToken) {
        let mut purge_at = Instant::now();
        while !stop.is_cancelled() {
            let rest = match self.step(&stop).await {
                Ok(0) => IDLE,
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(%error, "mail cannot be looked after; it waits");
                    FAILED
                }
            };
            if Instant::now() >= purge_at {
                purge_at = Instant::now() + PURGE_TIME;
                self.purge().await;
            }
            tokio::select! {
                () = self.db.mail_added() => {}
                () = tokio::time::sleep(rest) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Sends what is due; returns how many were claimed.
    async fn step(&self, stop: &CancellationToken) -> Result<usize, StorageError> {
        // A look costs a read; a claim would be a write, every two seconds.
        let due = outbox::next_due(&mut self.db.reader()).await?;
        if due.is_none_or(|due| due > self.clock.now()) {
            return Ok(0);
        }
        let mut unit = self.db.begin().await?;
        let mails = outbox::claim(&mut unit, self.clock.now(), LEASE_MS, AT_ONCE).await?;
        unit.save().await?;
        let mut sending: FuturesUnordered<_> =
            mails.iter().map(|mail| self.send(mail, stop)).collect();
        while let Some(done) = sending.next().await {
            done?;
        }
        Ok(mails.len())
    }

    /// Sends one mail and stores what came of it.
    async fn send(&self, mail: &Mail, stop: &CancellationToken) -> Result<(), StorageError> {
        let sent = tokio::select! {
            sent = tokio::time::timeout(MAIL_TIME, self.hand_over(mail)) => sent.unwrap_or_else(|_| {
                Err(Failure::Temporary("the mail server took too long".to_owned()))
            }),
            // It may have left all the same: what was claimed is sent again when the claim lapses.
            () = ended(stop) => return Ok(()),
        };
        let mut unit = self.db.begin().await?;
        let now = self.clock.now();
        match sent {
            Ok(()) => {
                count("sent");
                outbox::sent(&mut unit, mail.id, now).await?;
            }
            Err(failure) => {
                let (reason, prospect) = match failure {
                    Failure::Permanent(reason) => (reason, Prospect::None),
                    Failure::Temporary(reason) => (reason, Prospect::Hope),
                };
                let gone = prospect == Prospect::None;
                count(if gone { "refused" } else { "failed" });
                tracing::warn!(
                    mail = mail.id.0,
                    attempts = mail.attempts,
                    gone,
                    reason,
                    "a mail was not sent"
                );
                outbox::fail(&mut unit, mail, &reason, prospect, now).await?;
            }
        }
        unit.save().await
    }

    async fn hand_over(&self, mail: &Mail) -> Result<(), Failure> {
        // A backup that was restored may hold mails of long ago.
        if self.clock.now() >= mail.created_at.saturating_add(TRIED_MS) {
            return Err(Failure::Permanent("it is too old to be of use".to_owned()));
        }
        let unknown = || Failure::Permanent("the letter is of another version".to_owned());
        let opened = self.identity.letter(mail).await;
        let opened = opened.map_err(|error| match error {
            IdentityError::Storage(error) => Failure::Temporary(error.to_string()),
            // With another secret nothing will ever open it.
            error => Failure::Permanent(error.to_string()),
        })?;
        let letter = opened.ok_or_else(unknown)?;
        let written = self
            .writer
            .write(mail.id, &mail.to, mail.language, &letter, mail.created_at);
        let written = written.map_err(|error| Failure::Permanent(error.to_string()))?;
        self.courier.send(&written).await
    }

    async fn purge(&self) {
        let rows = async {
            let mut unit = self.db.begin().await?;
            outbox::purge(&mut unit, self.clock.now(), PURGED_AT_ONCE).await?;
            unit.save().await
        };
        if let Err(error) = rows.await {
            tracing::warn!(%error, "old mails could not be taken away");
        }
        if let Some(files) = &self.files
            && let Err(error) = files.purge(self.clock.now(), KEPT_MS).await
        {
            tracing::warn!(%error, "old mails could not be taken away");
        }
    }
}

/// Counts what came of a try: `sent`, `failed` for now, or `refused` for good.
fn count(outcome: &'static str) {
    metrics::counter!("marquee_mails_total", "outcome" => outcome).increment(1);
}

/// Asked to stop, and out of patience.
async fn ended(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(LAST_WORDS).await;
}
