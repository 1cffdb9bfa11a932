//! The commands that bring things in: `add`, `import catalog`, `import media`.

use std::path::Path;

use anyhow::{Context, bail};
use marquee_ingest::{Report, catalog, probe, scan};
use marquee_storage::folders;
use marquee_storage::services::Service;

use crate::app::App;
use crate::progress::Bar;

/// Brings in the records of a file and looks into the media they name.
pub(crate) async fn import_catalog(
    app: &App,
    service: &Service,
    path: &str,
    dry_run: bool,
) -> anyhow::Result<Report> {
    let options = catalog::Options {
        service: service.id,
        name: path.to_owned(),
        base: None,
        art: app.gallery.clone(),
        dry_run,
        length: 0,
    };
    let mut report = if path == "-" {
        let bar = Bar::new("catalog", true);
        catalog::import(
            &app.db,
            &*app.clock,
            Box::new(std::io::stdin()),
            options,
            &bar,
        )
        .await?
    } else if path.ends_with(".zst") {
        // Unpacked as it is read; progress counts unpacked bytes, whose sum nobody knows before.
        let file = std::fs::File::open(path).with_context(|| format!("{path} cannot be read"))?;
        let unpacked =
            zstd::Decoder::new(file).with_context(|| format!("{path} is not Zstandard"))?;
        let base = std::path::absolute(path)?.parent().map(Path::to_owned);
        let bar = Bar::new("catalog", true);
        catalog::import(
            &app.db,
            &*app.clock,
            Box::new(unpacked),
            catalog::Options { base, ..options },
            &bar,
        )
        .await?
    } else {
        let bar = Bar::new("catalog", true);
        catalog::import_file(&app.db, &*app.clock, Path::new(path), options, &bar).await?
    };
    if !dry_run {
        let bar = Bar::new("media", false);
        report.merge(probe::probe_pending(&app.db, &app.library, &bar).await?);
    }
    Ok(report)
}

/// Scans a folder and remembers it for later scans.
pub(crate) async fn import_folder(
    app: &App,
    service: &Service,
    path: &Path,
) -> anyhow::Result<Report> {
    let path = path
        .canonicalize()
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let text = path
        .to_str()
        .with_context(|| format!("{} is not UTF-8", path.display()))?;
    if !path.is_dir() {
        bail!("{text} is not a folder");
    }
    let mut unit = app.db.begin().await?;
    let folder = folders::add(&mut unit, service.id, text, app.clock.now()).await?;
    unit.save().await?;
    let options = scan::Options {
        art: app.gallery.clone(),
    };
    let mut report = {
        let bar = Bar::new("scan", false);
        scan::scan(&app.db, &*app.clock, &folder, &options, &bar).await?
    };
    let bar = Bar::new("probe", false);
    report.merge(probe::probe_pending(&app.db, &app.library, &bar).await?);
    Ok(report)
}

/// Says what something is, then brings it in.
pub(crate) async fn add(app: &App, service: &Service, what: &str) -> anyhow::Result<Report> {
    let path = Path::new(what);
    if path.is_dir() {
        eprintln!("{what}: a folder of media");
        return import_folder(app, service, path).await;
    }
    let lower = what.to_lowercase();
    if path.is_file() {
        let records = [".jsonl", ".ndjson", ".jsonl.zst", ".ndjson.zst"]
            .iter()
            .any(|end| lower.ends_with(end));
        if records {
            eprintln!("{what}: catalog records");
            return import_catalog(app, service, what, false).await;
        }
        if scan::is_media_name(&lower) {
            eprintln!("{what}: a media file; the folder it is in is scanned");
            let parent = std::path::absolute(path)?
                .parent()
                .map(Path::to_owned)
                .context("the file is in no folder")?;
            return import_folder(app, service, &parent).await;
        }
        bail!(
            "{what}: this kind of file is not known; folders, media files and catalog records (.jsonl) are"
        );
    }
    if what.starts_with("magnet:") || lower.ends_with(".torrent") || lower.contains(".m3u") {
        bail!("{what}: torrents, playlists and guides cannot be added yet");
    }
    if lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("s3://") {
        bail!(
            "{what}: an address is added through a catalog record with \"media\": [{{\"url\": …}}], see docs/import-format.md"
        );
    }
    bail!("{what}: there is nothing of that name here")
}
