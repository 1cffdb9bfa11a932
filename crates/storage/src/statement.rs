//! One SQL text with its values, and rows that read the same from both databases.

use std::borrow::Cow;

use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};

use crate::{Result, StorageError};

/// A bound value. Absent values keep their type, because PostgreSQL wants to know it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// BIGINT.
    Int(Option<i64>),
    /// DOUBLE PRECISION.
    Float(f64),
    /// TEXT.
    Text(Option<String>),
    /// BOOLEAN.
    Bool(bool),
}

macro_rules! value_from {
    ($($from:ty => |$v:ident| $to:expr),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from($v: $from) -> Self {
                $to
            }
        }
    )+};
}

value_from! {
    i64 => |v| Value::Int(Some(v)),
    Option<i64> => |v| Value::Int(v),
    f64 => |v| Value::Float(v),
    bool => |v| Value::Bool(v),
    &str => |v| Value::Text(Some(v.to_owned())),
    &String => |v| Value::Text(Some(v.clone())),
    String => |v| Value::Text(Some(v)),
    Option<String> => |v| Value::Text(v),
}

/// A SQL text and its values. Texts are constants, except for the lists that this crate itself builds.
#[derive(Debug, Clone)]
pub struct Statement {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) values: Vec<Value>,
}

impl Statement {
    /// A constant text.
    #[must_use]
    pub fn new(sql: &'static str) -> Self {
        Self {
            sql: Cow::Borrowed(sql),
            values: Vec::new(),
        }
    }

    /// A text that was put together from constants, never from input.
    pub(crate) fn built(sql: String) -> Self {
        Self {
            sql: Cow::Owned(sql),
            values: Vec::new(),
        }
    }

    /// Adds the next value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Adds values for a list made by [`placeholders`], repeating the last one up to its padded length.
    pub(crate) fn bind_list<T: Into<Value> + Clone>(mut self, items: &[T]) -> Self {
        let padded = padded(items.len());
        self.values.extend(items.iter().cloned().map(Into::into));
        if let Some(last) = items.last() {
            self.values.extend(std::iter::repeat_n(
                last.clone().into(),
                padded - items.len(),
            ));
        }
        self
    }
}

/// Lists are padded to powers of two, so that few distinct statements are prepared.
fn padded(len: usize) -> usize {
    len.next_power_of_two()
}

/// `$3, $4, …` for a list of `len` items that starts at parameter `first`.
pub(crate) fn placeholders(first: usize, len: usize) -> String {
    (first..first + padded(len))
        .map(|n| format!("${n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The most rows that one statement inserts, and the sizes that batches are cut into.
const BATCHES: [usize; 4] = [64, 16, 4, 1];

/// Cuts rows into multi-row inserts of a few fixed sizes. `head` ends before `VALUES`, `tail` follows the rows.
pub(crate) fn insert_many(
    head: &'static str,
    tail: &'static str,
    rows: Vec<Vec<Value>>,
) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let size = BATCHES
            .into_iter()
            .find(|size| *size <= rows.len())
            .unwrap_or(1);
        let batch: Vec<Vec<Value>> = rows.by_ref().take(size).collect();
        let width = batch.first().map_or(0, Vec::len);
        let tuples: Vec<String> = (0..size)
            .map(|row| {
                let columns: Vec<String> = (1..=width)
                    .map(|column| format!("${}", row * width + column))
                    .collect();
                format!("({})", columns.join(", "))
            })
            .collect();
        let mut statement = Statement::built(format!("{head} VALUES {} {tail}", tuples.join(", ")));
        statement.values = batch.into_iter().flatten().collect();
        statements.push(statement);
    }
    statements
}

/// A row of either database; columns are read by position.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

macro_rules! getter {
    ($(#[$doc:meta])* $name:ident -> $type:ty) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// When the column is absent or of another type.
        pub fn $name(&self, column: usize) -> Result<$type> {
            match self {
                Self::Sqlite(row) => row.try_get(column),
                Self::Postgres(row) => row.try_get(column),
            }
            .map_err(StorageError::Driver)
        }
    };
}

impl Row {
    getter!(/** A BIGINT. */ int -> i64);
    getter!(/** A BIGINT that may be absent. */ opt_int -> Option<i64>);
    getter!(/** A DOUBLE PRECISION. */ float -> f64);
    getter!(/** A TEXT. */ text -> String);
    getter!(/** A TEXT that may be absent. */ opt_text -> Option<String>);
    getter!(/** A BOOLEAN. */ bool -> bool);

    /// A JSON document in a TEXT column.
    ///
    /// # Errors
    /// [`StorageError::Corrupt`] when it does not have the shape.
    pub fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: usize,
        table: &'static str,
        name: &'static str,
    ) -> Result<T> {
        let text = self.text(column)?;
        serde_json::from_str(&text).map_err(|_| StorageError::Corrupt {
            table,
            column: name,
            id: self
                .int(0)
                .map_or_else(|_| "?".to_owned(), |id| id.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_fixed_sizes() {
        let rows = (0..70_i64)
            .map(|n| vec![Value::from(n), Value::from("x")])
            .collect();
        let sizes: Vec<usize> = insert_many("INSERT INTO t (a, b)", "", rows)
            .iter()
            .map(|s| s.values.len() / 2)
            .collect();
        assert_eq!(sizes, [64, 4, 1, 1]);
    }

    #[test]
    fn lists_are_padded_with_their_last_item() {
        let statement = Statement::new("…").bind_list(&[1_i64, 2, 3]);
        assert_eq!(placeholders(2, 3), "$2, $3, $4, $5");
        assert_eq!(statement.values.last(), Some(&Value::from(3_i64)));
        assert_eq!(statement.values.len(), 4);
    }
}
