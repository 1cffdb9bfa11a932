//! Asking once for the pictures of databases from before they were fetched.

use marquee_domain::ServiceId;
use marquee_domain::catalog::{LabelDoc, NamesPictures, TitleDoc, is_stored};
use marquee_domain::home::CoverDoc;

use super::{Holder, Use, read_doc, want};
use crate::db::{Db, Query};
use crate::statement::Statement;
use crate::{Result, meta};

/// Set once they were asked for.
const FILLED: &str = "pictures_wanted";
/// Documents that one unit of work looks at.
const CHUNK: i64 = 500;

/// Asks for the pictures that documents name by address, unless that was done before.
pub(crate) async fn fill(db: &Db) -> Result<()> {
    if meta::get(&mut db.reader(), FILLED).await?.is_some() {
        return Ok(());
    }
    for holder in Holder::ALL {
        let mut after = 0;
        while let Some(last) = fill_chunk(db, holder, after).await? {
            after = last;
        }
    }
    let mut unit = db.begin().await?;
    meta::set(&mut unit, FILLED, "1").await?;
    unit.save().await
}

/// Asks for what the documents behind an id name, and says which was the last of them.
async fn fill_chunk(db: &Db, holder: Holder, after: i64) -> Result<Option<i64>> {
    let of_kind = match holder {
        Holder::Label(_) => " AND kind = $3",
        _ => "",
    };
    let sql = format!(
        "SELECT id, service_id, external_key, doc FROM {} WHERE id > $1{of_kind} ORDER BY id LIMIT $2",
        holder.table()
    );
    let mut statement = Statement::built(sql).bind(after).bind(CHUNK);
    if let Holder::Label(kind) = holder {
        statement = statement.bind(kind.as_str());
    }
    let mut unit = db.begin().await?;
    let q: &mut dyn Query = &mut unit;
    let mut last = None;
    for row in q.rows(statement).await? {
        last = Some(row.int(0)?);
        let (service, key) = (ServiceId(row.int(1)?), row.text(2)?);
        let uses: Vec<Use> = foreign(holder, &row.text(3)?)?
            .into_iter()
            .map(|address| Use {
                address,
                holder,
                key: key.clone(),
            })
            .collect();
        // Due at once: nobody here knows what time it is.
        want(&mut unit, service, &uses, 0).await?;
    }
    unit.save().await?;
    Ok(last)
}

/// The addresses that a document names pictures by.
fn foreign(holder: Holder, doc: &str) -> Result<Vec<String>> {
    fn of(doc: &impl NamesPictures) -> Vec<String> {
        let locations = doc.locations().into_iter();
        let foreign = locations.filter(|location| !is_stored(location));
        foreign.cloned().collect()
    }
    Ok(match holder {
        Holder::Label(_) => of(&read_doc::<LabelDoc>(holder, doc)?),
        Holder::Cover => of(&read_doc::<CoverDoc>(holder, doc)?),
        _ => of(&read_doc::<TitleDoc>(holder, doc)?),
    })
}
