//! Offsets that need 64 bits, in a file that is mostly a hole.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use marquee_domain::source::ByteSource;

use crate::support::Local;
use crate::{bit_exact, support};

/// A file whose reads are counted: behind HTTP each one is a request.
struct Counting {
    inner: Local,
    reads: AtomicU64,
    bytes: AtomicU64,
}

impl Counting {
    fn over(inner: Local) -> Self {
        Self {
            inner,
            reads: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    fn totals(&self) -> (u64, u64) {
        (
            self.reads.load(Ordering::Relaxed),
            self.bytes.load(Ordering::Relaxed),
        )
    }
}

impl ByteSource for Counting {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.bytes
            .fetch_add(range.end - range.start, Ordering::Relaxed);
        self.inner.read(range)
    }
}

const PICTURE: &[&str] = &[
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=320x180:rate=25:duration=8",
];
const TONE: &[&str] = &[
    "-f",
    "lavfi",
    "-i",
    "sine=frequency=440:sample_rate=48000:duration=8",
];
const CODECS: &[&str] = &[
    "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "50", "-c:a", "aac",
];

#[test]
fn offsets_beyond_four_gibibytes() {
    if !support::has_tools() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let small = dir.path().join("small.mp4");
    support::ffmpeg(&[PICTURE, TONE, CODECS].concat(), &small);
    let large = dir.path().join("large.mp4");
    push_apart(&small, &large, 5 << 30);
    let index = bit_exact::check(&large);
    let beyond = index
        .tracks()
        .iter()
        .flat_map(|track| track.samples())
        .all(|sample| sample.offset > 4 << 30);
    assert!(beyond);
    let counted = Counting::over(Local::open(&large));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let limits = marquee_packager::Limits::default();
    runtime
        .block_on(marquee_packager::probe(&counted, &limits))
        .expect("playable");
    let (reads, bytes) = counted.totals();
    assert!(
        reads <= 6 && bytes < 1 << 20,
        "{reads} reads of {bytes} bytes"
    );
}

/// Rewrites a file as `ftyp`, an empty box with a hole of `gap` bytes, `mdat`, and a `moov` whose
/// chunk offsets are 64 bits wide and moved accordingly.
fn push_apart(from: &Path, to: &Path, gap: u64) {
    let data = std::fs::read(from).expect("a file");
    let top = boxes(&data);
    let part = |kind: &str| {
        top.iter()
            .find(|(found, _)| found == kind)
            .map(|(_, range)| range.clone())
            .expect(kind)
    };
    let (ftyp, mdat, moov) = (part("ftyp"), part("mdat"), part("moov"));
    let hole_at = ftyp.len() as u64;
    let new_mdat = hole_at + gap;
    let moved = new_mdat - mdat.start as u64;
    let file = File::create(to).expect("a file");
    file.write_all_at(&data[ftyp], 0).expect("written");
    let mut free = 1u32.to_be_bytes().to_vec();
    free.extend_from_slice(b"free");
    free.extend_from_slice(&gap.to_be_bytes());
    file.write_all_at(&free, hole_at).expect("written");
    let mut tail = data[mdat].to_vec();
    tail.write_all(&widen(&data[moov], moved)).expect("memory");
    file.write_all_at(&tail, new_mdat).expect("written");
}

fn boxes(data: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let mut at = 0;
    let mut found = Vec::new();
    while at + 8 <= data.len() {
        let size = u32::from_be_bytes(data[at..at + 4].try_into().expect("four bytes")) as usize;
        let size = if size == 0 { data.len() - at } else { size };
        found.push((
            String::from_utf8_lossy(&data[at + 4..at + 8]).into_owned(),
            at..at + size,
        ));
        at += size.max(8);
    }
    found
}

fn widen(data: &[u8], moved: u64) -> Vec<u8> {
    let kind = &data[4..8];
    let mut body = Vec::new();
    match kind {
        b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" => {
            for (_, range) in boxes(&data[8..]) {
                body.extend(widen(&data[8..][range], moved));
            }
        }
        b"stco" => {
            body.extend_from_slice(&data[8..16]);
            for offset in data[16..].chunks(4) {
                let offset = u32::from_be_bytes(offset.try_into().expect("four bytes"));
                body.extend((u64::from(offset) + moved).to_be_bytes());
            }
        }
        _ => body.extend_from_slice(&data[8..]),
    }
    let kind = if kind == b"stco" { b"co64" } else { kind };
    let mut out = u32::try_from(body.len() + 8)
        .expect("small")
        .to_be_bytes()
        .to_vec();
    out.extend_from_slice(kind);
    out.extend(body);
    out
}
