//! Folders of media: films, series, seasons and episodes recognised from names, NFO files, pictures
//! and subtitles beside them.
//!
//! A scan lists the folder, groups what it finds into titles, and looks at each title's digest (names,
//! sizes and modification times of all of its files): what is the same as at the last scan is not
//! touched. Everything else becomes records for the catalog. What is gone is taken away, unless the
//! whole folder is empty, which means that a disk is not mounted. Cost of an unchanged scan: one
//! listing, one read of the stored digests.

mod group;
pub mod names;
pub mod nfo;
mod records;
mod walk;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use marquee_catalog::import::{BATCH, Importer};
use marquee_catalog::record::{Body, Outcome, Record};
use marquee_domain::Clock;
use marquee_engine::open::local_path;
use marquee_storage::catalog::contents_by_keys;
use marquee_storage::folders::{self, Folder};
use marquee_storage::{Db, sources};

use crate::IngestError;
use crate::report::{Progress, Report};
use marquee_artwork::Gallery;

/// How a folder is scanned.
pub struct Options {
    /// Where pictures are stored.
    pub art: Gallery,
}

/// Whether a name is one of a media file.
#[must_use]
pub fn is_media_name(name: &str) -> bool {
    walk::kind_of(name) == Some(walk::Kind::Media)
}

/// Makes a record, taking pictures in and noting what deserves a word.
type MakeRecord = Box<dyn FnOnce(&Gallery, &mut Report) -> Record + Send>;

/// A title on its way to the catalog.
struct Item {
    /// Its key within the folder.
    key: String,
    /// What its files look like now.
    digest: i64,
    /// Makes its record; reads NFO files and takes pictures in, so it runs only for what has changed.
    make: MakeRecord,
}

/// Scans a folder.
///
/// # Errors
/// When the folder cannot be read or storage fails.
pub async fn scan(
    db: &Db,
    clock: &dyn Clock,
    folder: &Folder,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Report, IngestError> {
    let mut report = Report::default();
    let root = PathBuf::from(&folder.path);
    progress.advance(0, 0, &folder.path);
    let for_list = root.clone();
    let listed = tokio::task::spawn_blocking(move || {
        let mut report = Report::default();
        walk::list(&for_list, &mut report)
            .map(|listing| (group::group(&listing.tree), listing.unread, report))
    });
    let (found, unread, listing) =
        listed
            .await
            .map_err(|_| IngestError::Lost)?
            .map_err(|source| IngestError::Read {
                path: folder.path.clone(),
                source,
            })?;
    report.merge(listing);

    let mut stored = folders::scan_items(&mut db.reader(), folder.id).await?;
    let items = records::items(folder.id, found);
    if items.is_empty() && !stored.is_empty() {
        report.reject(walk::about(
            &root,
            "the folder is empty, so nothing was taken away; is the disk mounted?".to_owned(),
        ));
        return Ok(report);
    }
    let total = items.len() as u64;
    let mut importer = Importer::new(db.clone(), folder.service);
    let mut changed = Vec::new();
    for item in items {
        if stored.remove(&item.key) == Some(item.digest) {
            report.unchanged += 1;
        } else {
            changed.push(item);
        }
    }
    let mut done = report.unchanged;
    let mut changed = changed.into_iter();
    loop {
        let batch: Vec<Item> = changed.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let art = options.art.clone();
        let made = tokio::task::spawn_blocking(move || {
            let mut report = Report::default();
            let made: Vec<(String, i64, Record)> = batch
                .into_iter()
                .map(|item| (item.key, item.digest, (item.make)(&art, &mut report)))
                .collect();
            (made, report)
        });
        let (made, reading) = made.await.map_err(|_| IngestError::Lost)?;
        report.merge(reading);
        done += made.len() as u64;
        let current = made.last().map(|(key, ..)| key.clone()).unwrap_or_default();
        store(db, clock, folder, &mut importer, made, &mut report).await?;
        progress.advance(done, total, &current);
    }
    let mut gone: Vec<String> = stored.into_keys().collect();
    if !unread.is_empty() {
        let kept = kept(db, folder, &gone, &unread).await?;
        gone.retain(|key| !kept.contains(key));
        report.unchanged += kept.len() as u64;
    }
    // Episodes before their seasons and series (whose keys begin theirs), so that each is counted.
    gone.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    forget(db, clock, folder, &mut importer, gone, &mut report).await?;
    let mut unit = db.begin().await?;
    folders::mark_scanned(&mut unit, folder.id, clock.now()).await?;
    unit.save().await?;
    Ok(report)
}

/// Stores records, then what their files look like: cut off between the two, the next scan does them again.
async fn store(
    db: &Db,
    clock: &dyn Clock,
    folder: &Folder,
    importer: &mut Importer,
    made: Vec<(String, i64, Record)>,
    report: &mut Report,
) -> Result<(), IngestError> {
    let (seen, records): (Vec<(String, i64)>, Vec<Record>) = made
        .into_iter()
        .map(|(key, digest, record)| ((key, digest), record))
        .unzip();
    let outcomes = importer.apply(&records, clock.now()).await?;
    let mut settled = Vec::new();
    for ((key, digest), outcome) in seen.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Added => report.added += 1,
            Outcome::Updated => report.updated += 1,
            Outcome::Unchanged | Outcome::Removed => report.unchanged += 1,
            Outcome::MissingParent(parent) => {
                report.reject(walk::about(
                    &PathBuf::from(&key),
                    format!("{parent:?} could not be stored"),
                ));
                continue;
            }
            Outcome::Rejected { field, reason } => {
                report.reject(walk::about(
                    &PathBuf::from(&key),
                    format!("{field}: {reason}"),
                ));
                continue;
            }
        }
        settled.push((key, digest));
    }
    let mut unit = db.begin().await?;
    folders::put_scan_items(&mut unit, folder.id, &settled).await?;
    unit.save().await?;
    Ok(())
}

/// Which of the titles that were not found are only out of sight: those with a file below a folder
/// that could not be read, and the series and seasons they are in.
async fn kept(
    db: &Db,
    folder: &Folder,
    gone: &[String],
    unread: &[PathBuf],
) -> Result<HashSet<String>, IngestError> {
    let mut kept = HashSet::new();
    for keys in gone.chunks(BATCH) {
        let by_external: HashMap<String, &String> = keys
            .iter()
            .map(|key| (records::external_key(folder.id, key), key))
            .collect();
        let external: Vec<String> = by_external.keys().cloned().collect();
        let mut reader = db.reader();
        let contents = contents_by_keys(&mut reader, folder.service, &external).await?;
        let ids: Vec<i64> = contents.iter().map(|content| content.id.0).collect();
        for source in sources::of_contents(&mut reader, &ids).await? {
            let hidden = local_path(&source.location)
                .is_some_and(|path| unread.iter().any(|folder| path.starts_with(folder)));
            if !hidden {
                continue;
            }
            let content = contents.iter().find(|content| content.id == source.content);
            let key = content.and_then(|content| by_external.get(&content.head.external_key));
            kept.extend(key.map(|key| (*key).clone()));
        }
    }
    let above: Vec<String> = gone
        .iter()
        .filter(|key| key.starts_with("show:"))
        .filter(|key| {
            let inside = [format!("{key}:"), format!("{key}e")];
            let mut kept = kept.iter();
            kept.any(|child| inside.iter().any(|start| child.starts_with(start)))
        })
        .cloned()
        .collect();
    kept.extend(above);
    Ok(kept)
}

/// Takes away what is gone.
async fn forget(
    db: &Db,
    clock: &dyn Clock,
    folder: &Folder,
    importer: &mut Importer,
    gone: Vec<String>,
    report: &mut Report,
) -> Result<(), IngestError> {
    for keys in gone.chunks(BATCH) {
        let records: Vec<Record> = keys
            .iter()
            .map(|key| Record {
                key: records::external_key(folder.id, key),
                digest: 1,
                slug: None,
                body: Body::Removal,
            })
            .collect();
        let outcomes = importer.apply(&records, clock.now()).await?;
        report.removed += outcomes
            .iter()
            .filter(|outcome| **outcome == Outcome::Removed)
            .count() as u64;
        let mut unit = db.begin().await?;
        folders::remove_scan_items(&mut unit, folder.id, keys).await?;
        unit.save().await?;
    }
    Ok(())
}
