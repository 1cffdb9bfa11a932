//! Opening a database and reading from it.

mod open;
mod version;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use tokio::sync::Notify;

pub(crate) use self::version::Version;
use crate::Result;
use crate::driver::{postgres_rows, sqlite_rows};
use crate::statement::{Row, Statement};
use crate::unit::Unit;
use crate::writer::Writer;

/// How careful SQLite is. Anything but `Full` exists only so that the durability check can be seen to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The log is synchronised before a commit is acknowledged.
    #[default]
    Full,
    /// Nothing is synchronised. Loses acknowledged writes on power loss.
    Off,
}

/// How to open a database. The address may hold a password: there is no `Debug`.
#[derive(Clone)]
pub struct DbOptions {
    /// `sqlite:PATH`, a bare path, or `postgres://…`.
    pub address: String,
    /// Readers (SQLite) or connections (PostgreSQL).
    pub connections: u32,
    /// SQLite only.
    pub durability: Durability,
}

impl DbOptions {
    /// The usual settings for an address.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            connections: 8,
            durability: Durability::Full,
        }
    }

    /// The file of an SQLite database; none when it is PostgreSQL.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        let address = &self.address;
        if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            return None;
        }
        let path = address.strip_prefix("sqlite:").unwrap_or(address);
        Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
    }
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(crate) kind: Kind,
    version: Arc<Version>,
    mail_added: Arc<Notify>,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Sqlite { readers: SqlitePool, writer: Writer },
    Postgres(PgPool),
}

impl Db {
    /// Opens the database, makes it when it is a missing SQLite file, and brings the schema up to date.
    ///
    /// # Errors
    /// When it cannot be reached, or its schema is newer than this program.
    pub async fn open(options: &DbOptions) -> Result<Self> {
        let kind = match options.file() {
            Some(file) => open::sqlite(&file, options).await?,
            None => Kind::Postgres(open::postgres(options).await?),
        };
        let db = Self {
            kind,
            version: Arc::default(),
            mail_added: Arc::default(),
        };
        crate::catalog::fill_facts(&db).await?;
        crate::pictures::fill(&db).await?;
        db.refresh_version().await?;
        Ok(db)
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn flavour(&self) -> &'static str {
        match self.kind {
            Kind::Sqlite { .. } => "sqlite",
            Kind::Postgres(_) => "postgres",
        }
    }

    /// A reader: every statement sees what is committed when it starts.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader(self.clone())
    }

    /// Begins a unit of work. Waits for the writer on SQLite.
    ///
    /// # Errors
    /// When the database is closed or cannot be reached.
    pub async fn begin(&self) -> Result<Unit> {
        let (version, added) = (self.version.clone(), self.mail_added.clone());
        match &self.kind {
            Kind::Sqlite { writer, .. } => Ok(Unit::sqlite(writer.lease().await?, version, added)),
            Kind::Postgres(pool) => Ok(Unit::postgres(pool.begin().await?, version, added)),
        }
    }

    /// Waits until this process puts mail into the outbox, or has done so since the last call. For one who sends it.
    pub async fn mail_added(&self) {
        self.mail_added.notified().await;
    }

    /// The catalog version as this process last saw it. Rises with every catalog write of any process,
    /// and when a backup was restored.
    #[must_use]
    pub fn catalog_version(&self) -> i64 {
        self.version.shown()
    }

    /// Reads the catalog version from the database, to hear of other processes' writes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_version(&self) -> Result<i64> {
        let before = self.version.stored();
        let stored = crate::meta::catalog_version(&mut self.reader()).await?;
        if stored < before {
            self.version.replaced(stored);
        } else {
            self.version.raise(stored);
        }
        Ok(self.version.shown())
    }

    /// Shows caches another version although the catalog is the same: something else that answers are made of has changed
    /// on this node.
    pub fn renew_version(&self) {
        self.version.renew();
    }

    /// Waits for running writes and closes all connections.
    pub async fn close(&self) {
        match &self.kind {
            Kind::Sqlite { readers, writer } => {
                writer.close().await;
                readers.close().await;
            }
            Kind::Postgres(pool) => pool.close().await,
        }
    }
}

/// Anything that statements can be run on.
pub trait Query: Send {
    /// Runs a statement and returns all of its rows.
    fn rows(&mut self, statement: Statement) -> BoxFuture<'_, Result<Vec<Row>>>;
}

impl dyn Query + '_ {
    /// Runs a statement that answers with at most one row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn row(&mut self, statement: Statement) -> Result<Option<Row>> {
        Ok(self.rows(statement).await?.into_iter().next())
    }
}

/// Reads outside a unit of work.
#[derive(Clone)]
pub struct Reader(Db);

impl Query for Reader {
    fn rows(&mut self, statement: Statement) -> BoxFuture<'_, Result<Vec<Row>>> {
        Box::pin(async move {
            match &self.0.kind {
                Kind::Sqlite { readers, .. } => {
                    sqlite_rows(&mut *readers.acquire().await?, statement).await
                }
                Kind::Postgres(pool) => postgres_rows(&mut *pool.acquire().await?, statement).await,
            }
        })
    }
}
