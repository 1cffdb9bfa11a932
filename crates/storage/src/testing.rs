//! Databases for tests: SQLite always, PostgreSQL when `MARQUEE_TEST_POSTGRES` names a server.
//!
//! Each is empty and its own: a file in a temporary folder, or a schema with a fresh name.

use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::Connection;

use crate::{Db, DbOptions, Durability};

/// A database that is gone with this value.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// How it was opened.
    pub options: DbOptions,
    _folder: Option<tempfile::TempDir>,
}

/// The server for PostgreSQL tests.
///
/// # Panics
/// When full tests are asked for (`MARQUEE_TEST_TOOLS=required`) and there is none.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment"
)]
pub fn postgres_server() -> Option<String> {
    let server = std::env::var("MARQUEE_TEST_POSTGRES").ok();
    let required = std::env::var("MARQUEE_TEST_TOOLS").is_ok_and(|value| value == "required");
    assert!(
        server.is_some() || !required,
        "MARQUEE_TEST_POSTGRES is not set, and MARQUEE_TEST_TOOLS=required"
    );
    server
}

/// A fresh SQLite database.
///
/// # Panics
/// When it cannot be made.
pub async fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut options = DbOptions::new(format!(
        "sqlite:{}",
        folder.path().join("test.db").display()
    ));
    // What is tested here is behaviour; durability has its own check.
    options.durability = Durability::Off;
    let db = Db::open(&options).await.expect("SQLite opens");
    TestDb {
        db,
        options,
        _folder: Some(folder),
    }
}

/// A fresh PostgreSQL schema, when there is a server.
///
/// # Panics
/// When it cannot be made.
pub async fn postgres() -> Option<TestDb> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let server = postgres_server()?;
    // A server that outlives the tests keeps schemas of runs that were killed.
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    let schema = format!(
        "t{:x}_{}_{}",
        since.as_nanos(),
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let mut conn = sqlx::PgConnection::connect(&server)
        .await
        .expect("PostgreSQL answers");
    let sql = format!("CREATE SCHEMA {schema}");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(&mut conn)
        .await
        .expect("a schema can be made");
    conn.close().await.expect("the connection closes");
    let mut options = DbOptions::new(format!("{server}?options=-csearch_path%3D{schema}"));
    options.connections = 4;
    let db = Db::open(&options).await.expect("PostgreSQL opens");
    Some(TestDb {
        db,
        options,
        _folder: None,
    })
}

/// Every database that can be had, with its name.
pub async fn all() -> Vec<(&'static str, TestDb)> {
    let mut all = vec![("sqlite", sqlite().await)];
    all.extend(postgres().await.map(|db| ("postgres", db)));
    all
}

/// Makes a test of a behaviour for every database that can be had: an `async fn(TestDb)` written once.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name($crate::testing::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(db) = $crate::testing::postgres().await {
                    super::$name(db).await;
                }
            }
        }
    )+};
}
pub use on_both;
