//! One thing of a home screen as a row of its table.

use marquee_domain::catalog::{Head, TitleDoc};
use marquee_domain::home::{Channel, Cover, Multichannel, Row as HomeRow, RowGroup, Surface};
use marquee_domain::{ChannelId, CoverId, MultichannelId, RowGroupId, RowId, ServiceId, Timestamp};

use super::MOST;
use crate::catalog::{Shown, head, to_json};
use crate::changes::Changed;
use crate::db::Query;
use crate::statement::{Row, Statement, Value, placeholders};
use crate::{Result, StorageError};

/// A thing with the columns that all of a home screen share, and at most one of its own.
pub trait Piece: Sized + Send {
    /// Its table.
    const TABLE: &'static str;
    /// What one is called; its ids come from the sequence of this name.
    const WORD: &'static str;
    /// What is selected: the columns of a head, the document, the order, then its own column.
    const COLUMNS: &'static str;
    /// An insert up to the values.
    const INSERT: &'static str;
    /// What follows the values, so that a stored one is replaced.
    const REPLACE: &'static str;
    /// What has to happen to those that refer to one (`$1`) before it can be removed.
    const BEFORE_REMOVAL: Option<&'static str>;
    /// What indexes that follow the catalog know it as.
    const FOLLOWED: Option<Changed> = None;

    /// Reads a row of its columns.
    ///
    /// # Errors
    /// When the row makes no sense.
    fn read(row: &Row) -> Result<Self>;

    /// Its id.
    fn id(&self) -> i64;

    /// Identity and window.
    fn head(&self) -> &Head;

    /// Its place among its kind.
    fn order(&self) -> i64;

    /// Its document as JSON.
    fn doc(&self) -> String;

    /// The value of its own column.
    fn own_column(&self) -> Option<Value>;
}

macro_rules! pieces {
    ($($type:ty, $table:literal, $word:literal, [$($own:literal)?], $before:expr, $read:expr, $value:expr $(, $followed:expr)?;)+) => {$(
        impl Piece for $type {
            const TABLE: &'static str = $table;
            const WORD: &'static str = $word;
            const COLUMNS: &'static str = concat!(
                "id, service_id, external_key, slug, own_from, own_until, visible_from, visible_until, \
                 created_at, digest, doc, sort_order" $(, ", ", $own)?
            );
            const INSERT: &'static str = concat!(
                "INSERT INTO ", $table, " (id, service_id, external_key, slug, own_from, own_until, \
                 visible_from, visible_until, created_at, digest, doc, sort_order" $(, ", ", $own)?, ")"
            );
            const REPLACE: &'static str = concat!(
                "ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, own_from = excluded.own_from, \
                 own_until = excluded.own_until, visible_from = excluded.visible_from, \
                 visible_until = excluded.visible_until, digest = excluded.digest, doc = excluded.doc, \
                 sort_order = excluded.sort_order" $(, ", ", $own, " = excluded.", $own)?
            );
            const BEFORE_REMOVAL: Option<&'static str> = $before;
            $(const FOLLOWED: Option<Changed> = Some($followed);)?

            fn read(row: &Row) -> Result<Self> {
                let read: fn(i64, Head, i64, &Row) -> Result<Self> = $read;
                read(row.int(0)?, head(row)?, row.int(11)?, row)
            }

            fn id(&self) -> i64 {
                self.id.0
            }

            fn head(&self) -> &Head {
                &self.head
            }

            fn order(&self) -> i64 {
                self.order
            }

            fn doc(&self) -> String {
                to_json(&self.doc)
            }

            fn own_column(&self) -> Option<Value> {
                let value: fn(&Self) -> Option<Value> = $value;
                value(self)
            }
        }
    )+};
}

pieces! {
    RowGroup, "row_groups", "row group", ["surface"], Some("DELETE FROM home_rows WHERE group_id = $1"),
        |id, head, order, row| {
            let word = row.text(12)?;
            let surface = Surface::parse(&word).ok_or(StorageError::Corrupt {
                table: "row_groups",
                column: "surface",
                id: word,
            })?;
            let doc = row.json(10, "row_groups", "doc")?;
            Ok(RowGroup { id: RowGroupId(id), head, order, surface, doc })
        },
        |group| Some(group.surface.as_str().into());
    HomeRow, "home_rows", "row", ["group_id"], None,
        |id, head, order, row| {
            let (group, doc) = (RowGroupId(row.int(12)?), row.json(10, "home_rows", "doc")?);
            Ok(HomeRow { id: RowId(id), head, order, group, doc })
        },
        |row| Some(row.group.0.into());
    Cover, "covers", "cover", [], None,
        |id, head, order, row| {
            let doc = row.json(10, "covers", "doc")?;
            Ok(Cover { id: CoverId(id), head, order, doc })
        },
        |_| None;
    Multichannel, "multichannels", "multichannel", [],
        Some("UPDATE channels SET multichannel_id = NULL, digest = 0 WHERE multichannel_id = $1"),
        |id, head, order, row| {
            let doc = row.json::<TitleDoc>(10, "multichannels", "doc")?;
            Ok(Multichannel { id: MultichannelId(id), head, order, doc })
        },
        |_| None;
    Channel, "channels", "channel", ["multichannel_id"], None,
        |id, head, order, row| {
            let multichannel = row.opt_int(12)?.map(MultichannelId);
            let doc = row.json::<TitleDoc>(10, "channels", "doc")?;
            Ok(Channel { id: ChannelId(id), head, order, multichannel, doc })
        },
        |channel| Some(channel.multichannel.map(|bundle| bundle.0).into()), Changed::Channel;
}

/// Whether a thing is looked at.
pub(super) fn is_shown<T: Piece>(piece: &T, shown: Shown) -> bool {
    let open = |now: Timestamp| piece.head().window.is_open(now);
    shown.now().is_none_or(open)
}

/// Those of the things read that are looked at.
pub(super) fn keep<T: Piece>(
    read: impl Iterator<Item = Result<T>>,
    shown: Shown,
) -> Result<Vec<T>> {
    read.filter(|piece| piece.as_ref().map_or(true, |it| is_shown(it, shown)))
        .collect()
}

/// What fits a condition on `$1`, by order.
pub(super) async fn read_all<T: Piece>(
    q: &mut dyn Query,
    condition: &'static str,
    value: i64,
    shown: Shown,
) -> Result<Vec<T>> {
    let published = match shown.now() {
        Some(_) => " AND visible_from <= $3 AND visible_until > $3",
        None => "",
    };
    let sql = format!(
        "SELECT {} FROM {} WHERE {condition}{published} ORDER BY sort_order, id LIMIT $2",
        T::COLUMNS,
        T::TABLE
    );
    let mut statement = Statement::built(sql).bind(value).bind(MOST);
    if let Some(now) = shown.now() {
        statement = statement.bind(now);
    }
    q.rows(statement).await?.iter().map(T::read).collect()
}

/// What has one of these texts in a column.
pub(super) async fn matching<T: Piece>(
    q: &mut dyn Query,
    column: &'static str,
    service: ServiceId,
    texts: &[String],
) -> Result<Vec<T>> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {} FROM {} WHERE service_id = $1 AND {column} IN ({})",
        T::COLUMNS,
        T::TABLE,
        placeholders(2, texts.len())
    );
    q.rows(Statement::built(sql).bind(service.0).bind_list(texts))
        .await?
        .iter()
        .map(T::read)
        .collect()
}
