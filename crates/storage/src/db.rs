//! Opening a database and reading from it.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Postgres, Sqlite};

use crate::statement::{Row, Statement, Value};
use crate::unit::Unit;
use crate::writer::Writer;
use crate::{Result, StorageError, migrate};

/// How careful SQLite is. Anything but `Full` exists only so that the durability check can be seen to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The log is synchronised before a commit is acknowledged.
    #[default]
    Full,
    /// Nothing is synchronised. Loses acknowledged writes on power loss.
    Off,
}

/// How to open a database.
#[derive(Debug, Clone)]
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
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(crate) kind: Kind,
    version: Arc<Version>,
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
        let kind = if options.address.starts_with("postgres:")
            || options.address.starts_with("postgresql:")
        {
            Kind::Postgres(open_postgres(options).await?)
        } else {
            open_sqlite(options).await?
        };
        let db = Self {
            kind,
            version: Arc::default(),
        };
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
        match &self.kind {
            Kind::Sqlite { writer, .. } => {
                Ok(Unit::sqlite(writer.lease().await?, self.version.clone()))
            }
            Kind::Postgres(pool) => Ok(Unit::postgres(pool.begin().await?, self.version.clone())),
        }
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

/// The catalog version: as it is stored, and as it is shown to caches, which must never see one twice.
/// The two differ only after a backup was restored, which takes the stored one back.
#[derive(Default)]
pub(crate) struct Version {
    shown: AtomicI64,
    /// What is stored, and what is added to it.
    state: Mutex<(i64, i64)>,
}

impl Version {
    fn shown(&self) -> i64 {
        self.shown.load(Ordering::Acquire)
    }

    fn state(&self) -> MutexGuard<'_, (i64, i64)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stored(&self) -> i64 {
        self.state().0
    }

    /// Takes note of a version that is stored by now.
    pub(crate) fn raise(&self, stored: i64) {
        let mut state = self.state();
        state.0 = state.0.max(stored);
        self.shown.store(state.0 + state.1, Ordering::Release);
    }

    /// Takes note that everything stored has been replaced, and the version with it.
    fn replaced(&self, stored: i64) {
        let mut state = self.state();
        state.1 += state.0 - stored + 1;
        state.0 = stored;
        self.shown.store(state.0 + state.1, Ordering::Release);
    }
}

async fn open_sqlite(options: &DbOptions) -> Result<Kind> {
    let path = options
        .address
        .strip_prefix("sqlite:")
        .unwrap_or(&options.address);
    let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
    let connect = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match options.durability {
            Durability::Full => SqliteSynchronous::Full,
            Durability::Off => SqliteSynchronous::Off,
        })
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-16000")
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let mut first = connect.connect().await?;
    migrate::sqlite(&mut first).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .connect_lazy_with(
            connect
                .clone()
                .read_only(true)
                .pragma("cache_size", "-4000"),
        );
    Ok(Kind::Sqlite {
        readers,
        writer: Writer::start(first),
    })
}

async fn open_postgres(options: &DbOptions) -> Result<PgPool> {
    let connect = PgConnectOptions::from_str(&options.address)
        .map_err(|_| {
            StorageError::Address(
                "a PostgreSQL address looks like postgres://user@host/database".to_owned(),
            )
        })?
        .statement_cache_capacity(256)
        // A plan made for an empty table would be kept while an import fills it.
        .options([
            ("statement_timeout", "30s"),
            ("lock_timeout", "10s"),
            ("plan_cache_mode", "force_custom_plan"),
        ])
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(options.connections.max(2))
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .connect_with(connect)
        .await?;
    migrate::postgres(&pool).await?;
    Ok(pool)
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

type SqliteQuery = sqlx::query::Query<'static, Sqlite, SqliteArguments>;
type PgQuery = sqlx::query::Query<'static, Postgres, PgArguments>;

fn sqlite_query(statement: Statement) -> SqliteQuery {
    let mut query = sqlx::query::<Sqlite>(AssertSqlSafe(statement.sql.into_owned()));
    for value in statement.values {
        query = match value {
            Value::Int(v) => query.bind(v),
            Value::Float(v) => query.bind(v),
            Value::Text(v) => query.bind(v),
            Value::Bool(v) => query.bind(v),
        };
    }
    query
}

fn postgres_query(statement: Statement) -> PgQuery {
    let mut query = sqlx::query::<Postgres>(AssertSqlSafe(statement.sql.into_owned()));
    for value in statement.values {
        query = match value {
            Value::Int(v) => query.bind(v),
            Value::Float(v) => query.bind(v),
            Value::Text(v) => query.bind(v),
            Value::Bool(v) => query.bind(v),
        };
    }
    query
}

pub(crate) async fn sqlite_rows(
    conn: &mut sqlx::SqliteConnection,
    statement: Statement,
) -> Result<Vec<Row>> {
    let rows = sqlite_query(statement).fetch_all(conn).await?;
    Ok(rows.into_iter().map(Row::Sqlite).collect())
}

pub(crate) async fn postgres_rows(
    conn: &mut sqlx::PgConnection,
    statement: Statement,
) -> Result<Vec<Row>> {
    let rows = postgres_query(statement).fetch_all(conn).await?;
    Ok(rows.into_iter().map(Row::Postgres).collect())
}

pub(crate) async fn sqlite_execute(
    conn: &mut sqlx::SqliteConnection,
    statement: Statement,
) -> Result<u64> {
    Ok(sqlite_query(statement).execute(conn).await?.rows_affected())
}

pub(crate) async fn postgres_execute(
    conn: &mut sqlx::PgConnection,
    statement: Statement,
) -> Result<u64> {
    Ok(postgres_query(statement)
        .execute(conn)
        .await?
        .rows_affected())
}
