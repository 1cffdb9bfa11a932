//! What ffmpeg reads through our HLS must be what it reads from the file: the same packets, in
//! the same order, at the same times but for one constant.

use std::path::Path;

use marquee_packager::{Container, Index};

use crate::rules;
use crate::support::{self, Packet};

/// Files whose audio is laced.
const LACED: [&str; 6] = [
    "laced",
    "sample.mkv",
    "sample_with_overlapping_srt.mkv",
    "sample_with_pgs_subtitles.mkv",
    "sample_with_ssa_subtitles.mkv",
    "sample_with_vtt_subtitles.mkv",
];

/// Packages a file and compares every playable track, key frames included. Gives the index.
pub(crate) fn check(path: &Path) -> Index {
    let index = support::probe(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    check_index(path, &index)
}

/// [`check`] with an index that was already made; it also goes through its stored form.
pub(crate) fn check_index(path: &Path, index: &Index) -> Index {
    check_rebased(path, index, 0)
}

/// [`check_index`] for a file whose first picture comes `late_ms` after its own zero.
pub(crate) fn check_rebased(path: &Path, index: &Index, late_ms: i64) -> Index {
    let index = Index::decode(&index.encode())
        .unwrap_or_else(|error| panic!("{}: {error}, again {index:?}", path.display()));
    let dir = tempfile::tempdir().expect("a folder");
    support::write_tracks(path, &index, dir.path());
    rules::check_folder(dir.path(), &index);
    let reference =
        support::packets(path).unwrap_or_else(|| panic!("ffprobe cannot read {}", path.display()));
    for track in index.tracks().iter().filter(|track| track.is_media()) {
        let name = format!("{} {}{}", path.display(), track.letter(), track.id);
        let playlist = dir
            .path()
            .join(format!("{}{}/index.m3u8", track.letter(), track.id));
        let ours =
            support::packets(&playlist).unwrap_or_else(|| panic!("ffprobe cannot read our {name}"));
        let stream = usize::try_from(track.id - 1).expect("small");
        let base = &reference.streams[stream];
        let own = &ours.streams[0];
        let is_matroska = matches!(index.container(), Container::Matroska | Container::WebM);
        let compare = Compare {
            name: &name,
            theirs: (base.0, base.1),
            ours: (own.0, own.1),
            origin_ms: i64::try_from(index.origin_ms()).expect("small") - late_ms,
            // ffmpeg guesses the decode times of Matroska.
            with_dts: !is_matroska,
            // Inside a lace there are no times; ffmpeg adds up durations cut to milliseconds.
            tolerance: if LACED.iter().any(|laced| name.contains(laced)) {
                8
            } else {
                1
            },
        };
        compare.check(&reference.of(stream), &ours.of(0));
        if track.letter() == 'v' {
            let iframes = support::packets(&dir.path().join(format!("v{}/iframes.m3u8", track.id)));
            let iframes =
                iframes.unwrap_or_else(|| panic!("ffprobe cannot read the key frames of {name}"));
            let wanted: Vec<_> = ours
                .of(0)
                .into_iter()
                .filter(|packet| packet.key)
                .map(|packet| (packet.hash, packet.pts))
                .collect();
            let got: Vec<_> = iframes
                .of(0)
                .into_iter()
                .map(|packet| (packet.hash, packet.pts))
                .collect();
            assert_eq!(got, wanted, "{name}: key frames");
        }
    }
    index
}

struct Compare<'a> {
    name: &'a str,
    theirs: (i64, i64),
    ours: (i64, i64),
    origin_ms: i64,
    with_dts: bool,
    /// Ticks of ffmpeg's clock that times may be off.
    tolerance: i128,
}

impl Compare<'_> {
    fn check(&self, theirs: &[Packet], ours: &[Packet]) {
        let name = self.name;
        // Packets that ffmpeg marks as not to be presented may be missing at either end.
        let joins = |from: &usize| {
            theirs[*from..]
                .iter()
                .zip(ours)
                .take(4)
                .all(|(a, b)| a.hash == b.hash)
        };
        let skipped = (0..theirs.len()).find(joins);
        let skipped =
            skipped.unwrap_or_else(|| panic!("{name}: our first packets are not in the file"));
        assert!(
            theirs[..skipped].iter().all(|packet| packet.discard),
            "{name}: {skipped} packets are missing at the start"
        );
        let theirs = &theirs[skipped..];
        let common = theirs.len().min(ours.len());
        for (at, (a, b)) in theirs.iter().zip(ours).enumerate() {
            assert_eq!(a.hash, b.hash, "{name}: packet {at} of {common} differs");
            self.same_time(at, "pts", a.pts, b.pts);
            if self.with_dts {
                self.same_time(at, "dts", a.dts, b.dts);
            }
        }
        assert!(
            theirs[common..].iter().all(|packet| packet.discard),
            "{name}: ours ends at {common} of {}",
            theirs.len()
        );
        assert!(
            ours.len() == common,
            "{name}: we have {} packets, the file {}",
            ours.len(),
            theirs.len()
        );
    }

    /// Equal up to the origin and one tick of the coarser clock.
    fn same_time(&self, at: usize, what: &str, theirs: Option<i64>, ours: Option<i64>) {
        let (Some(theirs), Some(ours)) = (theirs, ours) else {
            return;
        };
        // In units of 1 / (1000 * both denominators) seconds, so that nothing is rounded.
        let (ta, tb) = (i128::from(self.theirs.0), i128::from(self.theirs.1));
        let (oa, ob) = (i128::from(self.ours.0), i128::from(self.ours.1));
        let theirs_exact = i128::from(theirs) * ta * ob * 1000;
        let ours_exact = i128::from(ours) * oa * tb * 1000;
        let origin = i128::from(self.origin_ms) * tb * ob;
        let tick = (ta * ob * 1000 * self.tolerance).max(oa * tb * 1000);
        let off = ours_exact - theirs_exact - origin;
        assert!(
            off.abs() <= tick,
            "{}: {what} of packet {at}: {theirs} of {ta}/{tb} became {ours} of {oa}/{ob}, origin {} ms",
            self.name,
            self.origin_ms
        );
    }
}
