//! The demo: an invented catalog with small media of our own, unpacked from the binary.

use std::path::Path;

use anyhow::{Context, bail};
use marquee_domain::Visibility;
use marquee_storage::services;

use crate::app::App;
use crate::assets::Demo;
use crate::configuration::Settings;

/// Marks a data folder that the demo made, so that it never touches another.
const MARK: &str = "marquee-demo";

/// Refuses a folder that holds something else.
pub(crate) fn check_folder(folder: &Path) -> anyhow::Result<()> {
    let mut entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be read", folder.display()));
        }
    };
    if entries.next().is_none() || folder.join(MARK).exists() {
        return Ok(());
    }
    bail!(
        "{} is not empty and no demo is in it; name another folder with --data-dir",
        folder.display()
    )
}

/// Unpacks the demo and brings it in. Doing it again changes nothing.
pub(crate) async fn seed(app: &App) -> anyhow::Result<()> {
    let settings: &Settings = &app.settings;
    std::fs::write(
        settings.data_dir.join(MARK),
        "This folder was made by `marquee demo` and may be deleted.\n",
    )?;
    let folder = settings.data_dir.join("demo");
    let mut files = 0;
    for name in Demo::iter() {
        let Some(file) = Demo::get(&name) else {
            continue;
        };
        let target = folder.join(&*name);
        files += 1;
        // Modification times identify media, so what is there already stays as it is.
        if std::fs::metadata(&target).is_ok_and(|meta| meta.len() == file.data.len() as u64) {
            continue;
        }
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&target, &file.data)?;
    }
    if files == 0 {
        bail!("this binary was built without the demo");
    }
    let service = app.service(None).await?;
    if service.visibility != Visibility::Public {
        let mut unit = app.db.begin().await?;
        services::set_visibility(&mut unit, service.id, Visibility::Public).await?;
        unit.save().await?;
    }
    let path = folder.join("catalog.jsonl");
    let path = path.to_str().context("the data folder is not UTF-8")?;
    let report = crate::bring_in::import_catalog(app, &service, path, false).await?;
    for rejection in &report.rejected {
        eprintln!("{rejection}");
    }
    if report.rejected_count > 0 {
        bail!(
            "{} parts of the demo could not be brought in",
            report.rejected_count
        );
    }
    Ok(())
}
