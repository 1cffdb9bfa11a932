//! The index on disk: generations, changes, damage, rebuilding.

use std::path::Path;

use marquee_domain::UiLanguage::En;
use marquee_search::{Change, Error, Index, OpenError};

use crate::{ids, index_of, titled};

fn rebuild(opened: Result<Index, OpenError>) -> String {
    match opened {
        Err(OpenError::Rebuild(why)) => why,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it opened"),
    }
}

#[test]
fn changes_are_found_after_the_commit_and_after_opening_again() {
    let (folder, index) = index_of(vec![titled(1, &[("en", "Old Name")])]);
    let change = Change::Put(titled(1, &[("en", "New Name")]));
    index.apply(&[change]).unwrap();
    assert_eq!(ids(&index, "old name", En), [1], "not yet");
    index.commit(7).unwrap();
    assert_eq!(ids(&index, "old", En), [0; 0]);
    assert_eq!(ids(&index, "new name", En), [1]);
    drop(index);
    let index = Index::open(&folder.path().join("index"), 1).unwrap();
    assert_eq!((index.generation(), index.count()), (7, 1));
    assert_eq!(ids(&index, "new name", En), [1]);
    index.apply(&[Change::Remove(titled(1, &[]).key)]).unwrap();
    index.commit(8).unwrap();
    assert_eq!((index.generation(), index.count()), (8, 0));
    assert_eq!(ids(&index, "new name", En), [0; 0]);
}

#[test]
fn of_several_changes_to_one_key_the_last_counts() {
    let (_folder, index) = index_of(vec![]);
    // Enough for several threads.
    let changes: Vec<Change> = (0..3000)
        .map(|at| Change::Put(titled(at % 100, &[("en", &format!("Round {}", at / 100))])))
        .collect();
    index.apply(&changes).unwrap();
    index.commit(2).unwrap();
    assert_eq!(index.count(), 100);
    assert_eq!(ids(&index, "Round 29", En).len(), 50);
    assert_eq!(ids(&index, "Round 3 ", En), [0; 0]);
}

#[test]
fn a_title_that_is_gone_does_not_keep_typos_from_being_looked_for() {
    let (_folder, index) = index_of(vec![
        titled(1, &[("en", "Harbor")]),
        titled(2, &[("en", "Other")]),
    ]);
    let renamed = titled(1, &[("en", "Harbour")]);
    index.apply(&[Change::Put(renamed)]).unwrap();
    index.commit(2).unwrap();
    assert_eq!(ids(&index, "harbor ", En), [1]);
}

#[test]
fn what_was_not_committed_is_gone_and_the_generation_says_so() {
    let (folder, index) = index_of(vec![titled(1, &[("en", "Kept")])]);
    index
        .apply(&[Change::Put(titled(2, &[("en", "Lost")]))])
        .unwrap();
    drop(index);
    let index = Index::open(&folder.path().join("index"), 1).unwrap();
    assert_eq!((index.generation(), index.count()), (1, 1));
}

#[test]
fn a_rebuild_answers_from_the_old_index_until_its_commit() {
    let (_folder, index) = index_of(vec![titled(1, &[("en", "Before")])]);
    index.forget_all().unwrap();
    index
        .apply(&[Change::Put(titled(2, &[("en", "After")]))])
        .unwrap();
    assert_eq!(ids(&index, "before", En), [1]);
    index.commit(2).unwrap();
    index.settle().unwrap();
    assert_eq!(ids(&index, "before", En), [0; 0]);
    assert_eq!(ids(&index, "after", En), [2]);
}

#[test]
fn missing_older_and_never_committed_indexes_are_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    rebuild(Index::open(&path, 1));
    let index = Index::create(&path, 1).unwrap();
    assert_eq!(ids(&index, "anything", En), [0; 0]);
    drop(index);
    rebuild(Index::open(&path, 1));
    let (folder, index) = index_of(vec![]);
    drop(index);
    let path = folder.path().join("index");
    assert!(rebuild(Index::open(&path, 2)).contains("version"));
    Index::open(&path, 1).unwrap();
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let all = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    all.filter(|path| std::fs::metadata(path).unwrap().len() > 0)
        .filter(|path| !path.to_string_lossy().ends_with(".lock"))
        .collect()
}

#[test]
fn damage_to_any_file_means_rebuild_and_never_a_panic() {
    let documents = (0..50)
        .map(|id| titled(id, &[("en", &format!("Damage {id}"))]))
        .collect();
    let (folder, index) = index_of(documents);
    drop(index);
    let path = folder.path().join("index");
    for file in files(&path) {
        let whole = std::fs::read(&file).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 0x10;
        for bad in [&whole[..whole.len() / 2], &[][..], &flipped] {
            std::fs::write(&file, bad).unwrap();
            // `.managed.json` lists files for cleaning up; reading does without its details.
            if let Ok(index) = Index::open(&path, 1) {
                assert_eq!(ids(&index, "damage", En).len(), 50, "{}", file.display());
                assert!(file.ends_with(".managed.json") || file.ends_with("meta.json"));
            }
        }
        std::fs::write(&file, &whole).unwrap();
    }
    let index = Index::open(&path, 1).unwrap();
    assert_eq!(ids(&index, "damage", En).len(), 50);
}

#[test]
fn only_one_writes() {
    let (folder, index) = index_of(vec![]);
    let other = Index::open(&folder.path().join("index"), 1).unwrap();
    let change = [Change::Put(titled(1, &[("en", "Two Writers")]))];
    assert!(matches!(other.apply(&change), Err(Error::Locked)));
    index.settle().unwrap();
    other.apply(&change).unwrap();
    other.commit(2).unwrap();
    assert_eq!(ids(&other, "two writers", En), [1]);
}

#[test]
fn reading_goes_on_while_another_thread_writes() {
    let (_folder, index) = index_of(vec![titled(0, &[("en", "Busy")])]);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for round in 1..20 {
                index
                    .apply(&[Change::Put(titled(round, &[("en", "Busy")]))])
                    .unwrap();
                index.commit(round).unwrap();
            }
        });
        let mut most = 0;
        while !writing.is_finished() {
            let found = ids(&index, "busy", En).len();
            assert!(found >= 1 && found >= most, "what was found stays found");
            most = found;
        }
    });
    assert_eq!(ids(&index, "busy", En).len(), 20);
}
