//! A service to import into, folders of its own, and ways to look at what came of it.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use marquee_artwork::Gallery;
use marquee_domain::catalog::{Content, Label, LabelKind, Season, Series};
use marquee_domain::{MockClock, ServiceId, Visibility};
use marquee_egress::{Allowed, Egress};
use marquee_engine::{Library, ObjectStores, Opener};
use marquee_ingest::{NoProgress, Report, catalog, probe, scan};
use marquee_storage::folders::Folder;
use marquee_storage::testing::TestDb;
use marquee_storage::{Db, backup, folders, labels, services};

use crate::essence::{essence, tables};

pub(crate) const NOW: i64 = 1_700_000_000_000;

pub(crate) struct Bench {
    pub(crate) test: TestDb,
    pub(crate) service: ServiceId,
    pub(crate) clock: MockClock,
    /// `base`: where records' paths start; `media`: what is scanned; `art`: stored pictures.
    pub(crate) dir: tempfile::TempDir,
}

impl Bench {
    pub(crate) async fn new(test: TestDb) -> Self {
        let mut unit = test.db.begin().await.unwrap();
        let service = services::add(&mut unit, "amasian", Visibility::Public, NOW)
            .await
            .unwrap();
        unit.save().await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        for name in ["base", "media", "art"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        Self {
            test,
            service: service.id,
            clock: MockClock::at(NOW),
            dir,
        }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.test.db
    }

    pub(crate) fn base(&self) -> PathBuf {
        self.dir.path().join("base")
    }

    pub(crate) fn media(&self) -> PathBuf {
        self.dir.path().join("media")
    }

    pub(crate) fn art(&self) -> PathBuf {
        self.dir.path().join("art")
    }

    pub(crate) fn options(&self) -> catalog::Options {
        catalog::Options {
            service: self.service,
            name: "in.jsonl".to_owned(),
            base: Some(self.base()),
            art: Gallery::folder(self.art()),
            dry_run: false,
            length: 0,
        }
    }

    pub(crate) async fn import(&self, input: impl Into<Vec<u8>>) -> Report {
        self.import_with(input, self.options()).await
    }

    pub(crate) async fn import_with(
        &self,
        input: impl Into<Vec<u8>>,
        options: catalog::Options,
    ) -> Report {
        let input = Box::new(Cursor::new(input.into()));
        catalog::import(self.db(), &self.clock, input, options, &NoProgress)
            .await
            .unwrap()
    }

    /// Imports and expects these counts: added, updated, unchanged, removed, rejected.
    pub(crate) async fn counts(&self, input: impl Into<Vec<u8>>, expected: [u64; 5]) -> Report {
        let report = self.import(input).await;
        assert_eq!(counts(&report), expected, "{report:#?}");
        report
    }

    /// Imports one line that must be refused alone, and returns field and reason.
    pub(crate) async fn refused(&self, line: &[u8]) -> (Option<String>, String) {
        let report = self.counts(line, [0, 0, 0, 0, 1]).await;
        let rejection = report.rejected.into_iter().next().unwrap();
        assert_eq!(
            (rejection.path.as_str(), rejection.line),
            ("in.jsonl", Some(1))
        );
        (rejection.field, rejection.reason)
    }

    pub(crate) async fn content(&self, key: &str) -> Option<Content> {
        let keys = [key.to_owned()];
        marquee_storage::catalog::contents_by_keys(&mut self.db().reader(), self.service, &keys)
            .await
            .unwrap()
            .pop()
    }

    pub(crate) async fn season(&self, key: &str) -> Option<Season> {
        let keys = [key.to_owned()];
        marquee_storage::catalog::seasons_by_keys(&mut self.db().reader(), self.service, &keys)
            .await
            .unwrap()
            .pop()
    }

    pub(crate) async fn series(&self, key: &str) -> Option<Series> {
        let keys = [key.to_owned()];
        marquee_storage::catalog::series_by_keys(&mut self.db().reader(), self.service, &keys)
            .await
            .unwrap()
            .pop()
    }

    pub(crate) async fn label(&self, kind: LabelKind, key: &str) -> Option<Label> {
        let keys = [key.to_owned()];
        labels::find_by_keys(&mut self.db().reader(), self.service, kind, &keys)
            .await
            .unwrap()
            .pop()
    }

    pub(crate) async fn folder(&self) -> Folder {
        let mut unit = self.db().begin().await.unwrap();
        let path = self.media();
        let folder = folders::add(&mut unit, self.service, path.to_str().unwrap(), NOW)
            .await
            .unwrap();
        unit.save().await.unwrap();
        folder
    }

    /// Scans the media folder and looks into what it found.
    pub(crate) async fn scan(&self) -> Report {
        let folder = self.folder().await;
        let options = scan::Options {
            art: Gallery::folder(self.art()),
        };
        let mut report = scan::scan(self.db(), &self.clock, &folder, &options, &NoProgress)
            .await
            .unwrap();
        let egress = Egress::new(Allowed::default()).unwrap();
        let library = Library::new(
            self.db().clone(),
            Opener::new(egress, ObjectStores::default()),
            self.dir.path().join("indexes"),
            8 << 20,
        );
        report.merge(
            probe::probe_pending(self.db(), &library, &NoProgress)
                .await
                .unwrap(),
        );
        report
    }

    /// Puts a copy of a file of the demo below the media folder.
    pub(crate) fn put(&self, from: &str, to: &str) {
        let from = demo(from);
        let to = self.media().join(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(&from, to).unwrap();
    }

    /// Puts a text file below the media folder.
    pub(crate) fn write(&self, to: &str, text: &str) {
        let to = self.media().join(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, text).unwrap();
    }

    /// Everything stored, with keys in the place of ids, so that two databases can be compared that
    /// were filled in different steps.
    pub(crate) async fn essence(&self) -> BTreeSet<String> {
        let mut bytes = Vec::new();
        backup::dump(self.db(), &self.art(), &mut bytes)
            .await
            .unwrap();
        essence(&bytes)
    }

    /// Rows of a table by external key, as the backup has them.
    pub(crate) async fn keys(&self, table: &str) -> BTreeSet<String> {
        let mut bytes = Vec::new();
        backup::dump(self.db(), &self.art(), &mut bytes)
            .await
            .unwrap();
        tables(&bytes)
            .remove(table)
            .unwrap_or_default()
            .iter()
            .map(|row| row["external_key"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Added, updated, unchanged, removed, rejected.
pub(crate) fn counts(report: &Report) -> [u64; 5] {
    [
        report.added,
        report.updated,
        report.unchanged,
        report.removed,
        report.rejected_count,
    ]
}

/// A file of the demo.
pub(crate) fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../demo")
        .join(name)
}
