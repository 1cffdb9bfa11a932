//! A unit of work: writes that are stored together or not at all.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use sqlx::{Postgres, Transaction};
use tokio::sync::Notify;

use crate::changes::{self, Changed};
use crate::db::{Query, Version};
use crate::driver::{postgres_execute, postgres_rows, sqlite_execute, sqlite_rows};
use crate::listen;
use crate::statement::{Row, Statement};
use crate::writer::Lease;
use crate::{Result, StorageError};

/// Writes that are stored together by [`Unit::save`]; dropping it undoes everything.
#[must_use = "nothing is stored until the unit is saved"]
pub struct Unit {
    inner: Inner,
    touches_catalog: bool,
    changed: Vec<(Changed, i64)>,
    version: Arc<Version>,
    mail: Mail,
}

/// Whether this unit asks for mail, and who is told once it is stored.
struct Mail {
    asked: bool,
    added: Arc<Notify>,
}

enum Inner {
    Sqlite(Lease),
    Postgres(Transaction<'static, Postgres>),
}

impl Unit {
    pub(crate) fn sqlite(lease: Lease, version: Arc<Version>, added: Arc<Notify>) -> Self {
        Self::new(Inner::Sqlite(lease), version, added)
    }

    pub(crate) fn postgres(
        transaction: Transaction<'static, Postgres>,
        version: Arc<Version>,
        added: Arc<Notify>,
    ) -> Self {
        Self::new(Inner::Postgres(transaction), version, added)
    }

    fn new(inner: Inner, version: Arc<Version>, added: Arc<Notify>) -> Self {
        let asked = false;
        Self {
            inner,
            touches_catalog: false,
            changed: Vec::new(),
            version,
            mail: Mail { asked, added },
        }
    }

    /// Runs a statement and returns how many rows it changed.
    ///
    /// # Errors
    /// When the database fails; the unit can then only be dropped.
    pub async fn execute(&mut self, statement: Statement) -> Result<u64> {
        match &mut self.inner {
            Inner::Sqlite(lease) => sqlite_execute(lease.conn()?, statement).await,
            Inner::Postgres(transaction) => postgres_execute(transaction, statement).await,
        }
    }

    /// Runs a statement that must change exactly one row.
    pub(crate) async fn execute_one(
        &mut self,
        what: &'static str,
        statement: Statement,
    ) -> Result<()> {
        let changed = self.execute(statement).await?;
        if changed == 1 {
            Ok(())
        } else {
            Err(StorageError::WrongCount {
                what,
                expected: 1,
                changed,
            })
        }
    }

    pub(crate) async fn execute_all(&mut self, statements: Vec<Statement>) -> Result<()> {
        for statement in statements {
            self.execute(statement).await?;
        }
        Ok(())
    }

    /// Says that this unit changes what the catalog answers, so that [`Unit::save`] raises its version.
    pub fn touch_catalog(&mut self) {
        self.touches_catalog = true;
    }

    /// Says that items of the catalog are other than before, for [`crate::changes`]; touches the catalog.
    pub fn changed(&mut self, what: Changed, ids: impl IntoIterator<Item = i64>) {
        self.touch_catalog();
        self.changed.extend(ids.into_iter().map(|id| (what, id)));
    }

    /// Says that there is mail to send once this is stored.
    pub(crate) fn mailed(&mut self) {
        self.mail.asked = true;
    }

    /// Stores everything. When this returns, it is on disk.
    ///
    /// # Errors
    /// When the commit fails; nothing is stored then.
    pub async fn save(mut self) -> Result<()> {
        let mut raised = None;
        if self.touches_catalog {
            // Late, so that on PostgreSQL the row is locked for as short as possible.
            let statement = Statement::new(
                "UPDATE counters SET value = value + 1 WHERE name = 'catalog_version' RETURNING value",
            );
            let rows = self.rows(statement).await?;
            raised = rows.first().map(|row| row.int(0)).transpose()?;
            let changed = std::mem::take(&mut self.changed);
            self.execute_all(changes::note(&changed, raised.unwrap_or_default()))
                .await?;
            if let Inner::Postgres(transaction) = &mut self.inner {
                // Heard when this is committed, and not otherwise.
                let tell = Statement::new("SELECT pg_notify($1, '')").bind(listen::CHANNEL);
                postgres_rows(transaction, tell).await?;
            }
        }
        match self.inner {
            Inner::Sqlite(lease) => lease.save().await?,
            Inner::Postgres(transaction) => transaction.commit().await?,
        }
        if let Some(version) = raised {
            self.version.raise(version);
        }
        if self.mail.asked {
            self.mail.added.notify_one();
        }
        Ok(())
    }
}

impl Query for Unit {
    fn rows(&mut self, statement: Statement) -> BoxFuture<'_, Result<Vec<Row>>> {
        Box::pin(async move {
            match &mut self.inner {
                Inner::Sqlite(lease) => sqlite_rows(lease.conn()?, statement).await,
                Inner::Postgres(transaction) => postgres_rows(transaction, statement).await,
            }
        })
    }
}
