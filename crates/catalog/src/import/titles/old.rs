//! What is stored under the keys of a batch already.

use std::collections::HashMap;

use marquee_domain::catalog::{Head, TitleDoc};
use marquee_domain::{SeasonId, SeriesId};
use marquee_storage::StorageError;
use marquee_storage::catalog::{self as stored, Table};

use crate::import::Batch;

/// What is stored under a key already.
pub(in crate::import) struct Old {
    pub(in crate::import) id: i64,
    pub(in crate::import) head: Head,
    pub(in crate::import) doc: TitleDoc,
    pub(in crate::import) playable: bool,
    pub(in crate::import) duration_ms: Option<i64>,
    /// Season and series (or series alone) it is stored under.
    pub(in crate::import) place: (Option<SeasonId>, Option<SeriesId>),
}

impl Batch<'_> {
    /// The items of a table that these keys name, by key.
    pub(in crate::import) async fn old(
        &mut self,
        table: Table,
        keys: &[String],
    ) -> Result<HashMap<String, Old>, StorageError> {
        let old = |id, head: Head, doc, place| {
            (
                head.external_key.clone(),
                Old {
                    id,
                    head,
                    doc,
                    playable: false,
                    duration_ms: None,
                    place,
                },
            )
        };
        Ok(match table {
            Table::Series => {
                let found = stored::series_by_keys(self.unit, self.service, keys).await?;
                found
                    .into_iter()
                    .map(|s| old(s.id.0, s.head, s.doc, (None, None)))
                    .collect()
            }
            Table::Season => {
                let found = stored::seasons_by_keys(self.unit, self.service, keys).await?;
                found
                    .into_iter()
                    .map(|s| old(s.id.0, s.head, s.doc, (None, Some(s.series))))
                    .collect()
            }
            Table::Content => {
                let found = stored::contents_by_keys(self.unit, self.service, keys).await?;
                found
                    .into_iter()
                    .map(|c| {
                        let place = (
                            c.season.map(|(season, _)| season),
                            c.season.map(|(_, series)| series),
                        );
                        let (key, entry) = old(c.id.0, c.head, c.doc, place);
                        (
                            key,
                            Old {
                                playable: c.playable,
                                duration_ms: c.duration_ms,
                                ..entry
                            },
                        )
                    })
                    .collect()
            }
        })
    }
}
