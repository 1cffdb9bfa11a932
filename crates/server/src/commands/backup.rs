//! `backup` and `restore`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use marquee_storage::backup;

use super::open;
use crate::app::App;
use crate::cli::Common;

/// Writes a backup to a file, or to standard output for `-`.
pub(super) async fn write(file: &Path, common: &Common) -> anyhow::Result<ExitCode> {
    let app = open(common).await?;
    let rows = write_backup(&app, file).await?;
    eprintln!("{rows} rows written");
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Replaces everything by a backup; what is there is kept unless `force` is given.
pub(super) async fn restore(file: &Path, force: bool, common: &Common) -> anyhow::Result<ExitCode> {
    let app = open(common).await?;
    if !force && !is_empty(&app).await? {
        bail!("the database holds something; --force replaces it");
    }
    let input =
        std::fs::File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let rows = backup::restore(&app.db, &app.settings.art_folder(), input).await?;
    eprintln!("{rows} rows restored");
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn is_empty(app: &App) -> anyhow::Result<bool> {
    let mut reader = app.db.reader();
    for service in marquee_storage::services::list(&mut reader).await? {
        if marquee_storage::services::sizes(&mut reader, service.id).await? != (0, 0) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn write_backup(app: &App, file: &Path) -> anyhow::Result<u64> {
    if file == Path::new("-") {
        return Ok(backup::dump(
            &app.db,
            &app.settings.art_folder(),
            std::io::stdout().lock(),
        )
        .await?);
    }
    // Written beside and moved into place, so that a backup is whole or not there.
    let partial = file.with_extension("part");
    let mut out = crate::data_folder::create_private(&partial)
        .with_context(|| format!("{} cannot be written", partial.display()))?;
    let rows = backup::dump(&app.db, &app.settings.art_folder(), &mut out).await?;
    out.flush()?;
    out.sync_all()?;
    std::fs::rename(&partial, file)?;
    Ok(rows)
}
