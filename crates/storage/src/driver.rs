//! The last step to a driver: a statement becomes a query of one of the two databases.
//!
//! The drivers have types of their own for everything, so the two halves are one text by macro.

use std::borrow::Cow;

use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Postgres, Sqlite};

use crate::Result;
use crate::statement::{Row, Statement, Value};

macro_rules! driver {
    ($database:ty, $connection:ty, $row:path, $text:path, $query:ident, $rows:ident, $execute:ident) => {
        fn $query(
            statement: Statement,
        ) -> sqlx::query::Query<'static, $database, <$database as sqlx::Database>::Arguments> {
            let mut query = sqlx::query::<$database>(AssertSqlSafe($text(statement.sql)));
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
    unnumbered,
    sqlite_query,
    sqlite_rows,
    sqlite_execute
);
driver!(
    Postgres,
    PgConnection,
    Row::Postgres,
    Cow::into_owned,
    postgres_query,
    postgres_rows,
    postgres_execute
);

/// Writes `?` for `$1`, `$2`, … where a text names every parameter once and in order.
///
/// SQLite keeps the names of numbered parameters in a list and the driver asks for each of them: the
/// thousand parameters of a batch of rows would cost more than storing the rows.
fn unnumbered(sql: Cow<'static, str>) -> String {
    let mut parts = sql.split('$');
    let mut text = String::with_capacity(sql.len());
    text.push_str(parts.next().unwrap_or_default());
    for (n, part) in parts.enumerate() {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if part[..digits].parse() != Ok(n + 1) {
            return sql.into_owned();
        }
        text.push('?');
        text.push_str(&part[digits..]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parameters_in_order_lose_their_numbers() {
        for (numbered, expected) in [
            ("SELECT 1", "SELECT 1"),
            ("VALUES ($1, $2), ($3, $4) x", "VALUES (?, ?), (?, ?) x"),
            ("a = $1 AND b = $1", "a = $1 AND b = $1"),
            ("a = $2 AND b = $1", "a = $2 AND b = $1"),
            ("a = '$' AND b = $1", "a = '$' AND b = $1"),
        ] {
            assert_eq!(unnumbered(numbered.into()), expected);
        }
        let many: Vec<String> = (1..=1200).map(|n| format!("${n}")).collect();
        assert_eq!(unnumbered(many.join(",").into()), vec!["?"; 1200].join(","));
    }
}
