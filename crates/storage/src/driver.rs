//! The last step to a driver: a statement becomes a query of one of the two databases.
//!
//! The drivers have types of their own for everything, so the two halves are one text by macro.

use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Postgres, Sqlite};

use crate::Result;
use crate::statement::{Row, Statement, Value};

macro_rules! driver {
    ($database:ty, $connection:ty, $row:path, $query:ident, $rows:ident, $execute:ident) => {
        fn $query(
            statement: Statement,
        ) -> sqlx::query::Query<'static, $database, <$database as sqlx::Database>::Arguments> {
            let mut query = sqlx::query::<$database>(AssertSqlSafe(statement.sql.into_owned()));
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

        /// Runs a statement and returns all of its rows.
        pub(crate) async fn $rows(
            conn: &mut $connection,
            statement: Statement,
        ) -> Result<Vec<Row>> {
            let rows = $query(statement).fetch_all(conn).await?;
            Ok(rows.into_iter().map($row).collect())
        }

        /// Runs a statement and returns how many rows it changed.
        pub(crate) async fn $execute(conn: &mut $connection, statement: Statement) -> Result<u64> {
            Ok($query(statement).execute(conn).await?.rows_affected())
        }
    };
}

driver!(
    Sqlite,
    SqliteConnection,
    Row::Sqlite,
    sqlite_query,
    sqlite_rows,
    sqlite_execute
);
driver!(
    Postgres,
    PgConnection,
    Row::Postgres,
    postgres_query,
    postgres_rows,
    postgres_execute
);
