//! The conditions of a list, and its count and page over them.

use marquee_domain::catalog::ContentKind;
use marquee_domain::{CategoryId, Timestamp};

use super::{Matching, Page};
use crate::Result;
use crate::db::Query;
use crate::statement::{Row, Statement, Value};

/// The conditions of a query and their values, numbered as they are added.
pub(super) struct Where {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Where {
    /// No condition yet.
    pub(super) fn new() -> Self {
        Self {
            conditions: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Adds a value and gives the name of its parameter.
    fn param(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Adds `column op $n`.
    pub(super) fn compare(&mut self, left: &str, value: impl Into<Value>) {
        let param = self.param(value);
        self.conditions.push(format!("{left} {param}"));
    }

    /// The one predicate.
    pub(super) fn published(&mut self, alias: &str, now: Timestamp) {
        let param = self.param(now);
        self.conditions.push(format!(
            "{alias}.visible_from <= {param} AND {alias}.visible_until > {param}"
        ));
    }

    /// A condition without values.
    pub(super) fn plain(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    /// An item that is in a category, when the category does not lead.
    pub(super) fn in_category(&mut self, item_kind: &str, id: &str, category: CategoryId) {
        let param = self.param(category.0);
        self.conditions.push(format!(
            "EXISTS (SELECT 1 FROM category_items i WHERE i.category_id = {param} AND i.item_kind = '{item_kind}' AND i.item_id = {id})"
        ));
    }

    /// A title (series or content) that has a label.
    pub(super) fn has_label(&mut self, item_kind: &str, id: &str, label: i64) {
        let param = self.param(label);
        self.conditions.push(format!(
            "EXISTS (SELECT 1 FROM title_labels o WHERE o.label_id = {param} AND o.item_kind = '{item_kind}' AND o.item_id = {id})"
        ));
    }

    /// Made in a language, or in one of its kinds. A content without one of its own has that of its series.
    pub(super) fn in_language(&mut self, language: &str, or_series: bool) {
        let (whole, part) = (self.param(language), self.param(format!("{language}-%")));
        let fits =
            |alias: &str| format!("({alias}.language = {whole} OR {alias}.language LIKE {part})");
        let own = fits("c");
        self.conditions.push(if or_series {
            let of_series = fits("s");
            format!(
                "({own} OR (c.language = '' AND EXISTS (SELECT 1 FROM series s WHERE s.id = c.series_id AND {of_series})))"
            )
        } else {
            own
        });
    }

    /// What a search keeps.
    pub(super) fn search(&mut self, item_kind: &str, id: &str, matching: &Matching) {
        let text = match matching {
            Matching::Text(text) => text,
            Matching::Ids(ids) if ids.is_empty() => return self.plain("1 = 0"),
            Matching::Ids(ids) => {
                // Padded like other lists, so that few distinct statements are prepared.
                let last = ids.last().into_iter().copied().cycle();
                let padded = ids.iter().copied().chain(last);
                let params: Vec<String> = padded
                    .take(ids.len().next_power_of_two())
                    .map(|id| self.param(id))
                    .collect();
                self.conditions
                    .push(format!("{id} IN ({})", params.join(", ")));
                return;
            }
        };
        let escaped = text
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        let param = self.param(format!("%{escaped}%"));
        self.conditions.push(format!(
            "EXISTS (SELECT 1 FROM title_texts t WHERE t.item_kind = '{item_kind}' AND t.item_id = {id} AND t.folded LIKE {param} ESCAPE '\\')"
        ));
    }

    /// One of these kinds; none of none.
    pub(super) fn kinds(&mut self, column: &str, kinds: &[ContentKind]) {
        if kinds.is_empty() {
            self.conditions.push("1 = 0".to_owned());
            return;
        }
        let params: Vec<String> = kinds.iter().map(|kind| self.param(kind.as_str())).collect();
        self.conditions
            .push(format!("{column} IN ({})", params.join(", ")));
    }

    /// The statement over these conditions.
    pub(super) fn statement(
        &self,
        select: &str,
        from: &str,
        tail: &str,
        page: Option<Page>,
    ) -> Statement {
        let mut values = self.values.clone();
        let mut sql = format!(
            "SELECT {select} FROM {from} WHERE {} {tail}",
            self.conditions.join(" AND ")
        );
        if let Some(page) = page {
            values.extend([page.limit.into(), page.offset.into()]);
            sql.push_str(&format!(
                " LIMIT ${} OFFSET ${}",
                values.len() - 1,
                values.len()
            ));
        }
        let mut statement = Statement::built(sql);
        statement.values = values;
        statement
    }
}

/// Runs count and page over the same conditions; the page is left out when it lies past the end.
pub(super) async fn count_and_page(
    q: &mut dyn Query,
    filter: &Where,
    from: &str,
    select: &str,
    order: &str,
    page: Page,
) -> Result<(i64, Vec<Row>)> {
    let count = q
        .row(filter.statement("COUNT(*)", from, "", None))
        .await?
        .map_or(Ok(0), |row| row.int(0))?;
    if page.offset >= count {
        return Ok((count, Vec::new()));
    }
    let order = format!("ORDER BY {order}");
    let rows = q
        .rows(filter.statement(select, from, &order, Some(page)))
        .await?;
    Ok((count, rows))
}

/// The ids of a page.
pub(super) async fn ids(
    q: &mut dyn Query,
    filter: &Where,
    from: &str,
    id: &str,
    order: &str,
    page: Page,
) -> Result<(i64, Vec<i64>)> {
    let (count, rows) = count_and_page(q, filter, from, id, order, page).await?;
    let ids = rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
    Ok((count, ids))
}

/// Puts found items into the order of their ids.
pub(super) fn arrange<T>(ids: &[i64], mut found: Vec<T>, id_of: impl Fn(&T) -> i64) -> Vec<T> {
    found.sort_by_key(|item| {
        ids.iter()
            .position(|id| *id == id_of(item))
            .unwrap_or(usize::MAX)
    });
    found
}
