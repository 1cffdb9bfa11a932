//! Sources, folders and the outside tools.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use marquee_domain::source::ByteSource;
use marquee_packager::{Index, Limits, Piece, ProbeError, SegmentPlan, TrackKind};

/// A local file.
pub(crate) struct Local {
    file: File,
    length: u64,
}

impl Local {
    pub(crate) fn open(path: &Path) -> Self {
        let file = File::open(path).expect("the file exists");
        let length = file.metadata().expect("it has a size").len();
        Self { file, length }
    }

    pub(crate) fn bytes(&self, range: Range<u64>) -> io::Result<Bytes> {
        let mut bytes =
            vec![0; usize::try_from(range.end - range.start).expect("ranges are bounded")];
        self.file.read_exact_at(&mut bytes, range.start)?;
        Ok(bytes.into())
    }
}

impl ByteSource for Local {
    fn len(&self) -> u64 {
        self.length
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        Box::pin(std::future::ready(self.bytes(range)))
    }
}

/// Probes a file, waiting for it.
pub(crate) fn probe(path: &Path) -> Result<Index, ProbeError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(marquee_packager::probe(
        &Local::open(path),
        &Limits::default(),
    ))
}

/// The bytes a plan stands for.
pub(crate) fn gather(source: &Local, plan: &SegmentPlan) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in &plan.pieces {
        match piece {
            Piece::Bytes(bytes) => out.extend_from_slice(bytes),
            Piece::Source(range) => {
                out.extend_from_slice(&source.bytes(range.clone()).expect("inside the file"));
            }
        }
    }
    assert_eq!(out.len() as u64, plan.len());
    out
}

/// Writes every playable track of a file below `dir`, as it would be served.
pub(crate) fn write_tracks(path: &Path, index: &Index, dir: &Path) {
    let source = Local::open(path);
    for track in index.tracks().iter().filter(|track| track.is_media()) {
        let dir = dir.join(format!("{}{}", track.letter(), track.id));
        std::fs::create_dir_all(&dir).expect("a folder");
        let write =
            |name: String, bytes: &[u8]| std::fs::write(dir.join(name), bytes).expect("written");
        let playlist = marquee_packager::media_playlist(index, track.id).expect("a playlist");
        write("index.m3u8".to_owned(), playlist.as_bytes());
        write(
            "init.mp4".to_owned(),
            &marquee_packager::init_segment(index, track.id).expect("an init segment"),
        );
        for (n, _) in (0u32..).zip(uris(&playlist)) {
            let plan = marquee_packager::segment(index, track.id, n).expect("a segment");
            write(format!("{n}.m4s"), &gather(&source, &plan));
        }
        if matches!(track.kind, TrackKind::Video { .. }) {
            let playlist =
                marquee_packager::iframe_playlist(index, track.id).expect("an I-frame playlist");
            write("iframes.m3u8".to_owned(), playlist.as_bytes());
            for (n, _) in (0u32..).zip(uris(&playlist)) {
                let plan = marquee_packager::key_frame(index, track.id, n).expect("a key frame");
                write(format!("k{n}.m4s"), &gather(&source, &plan));
            }
        }
    }
}

pub(crate) fn uris(playlist: &str) -> impl Iterator<Item = &str> {
    playlist
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether ffmpeg and ffprobe can be used. Absent tools skip a test loudly, unless they are
/// required.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment what must be there"
)]
pub(crate) fn has_tools() -> bool {
    let there = ["ffmpeg", "ffprobe"].iter().all(|tool| {
        Command::new(tool)
            .arg("-version")
            .output()
            .is_ok_and(|output| output.status.success())
    });
    let required = std::env::var("MARQUEE_TEST_TOOLS").is_ok_and(|value| value == "required");
    assert!(
        there || !required,
        "MARQUEE_TEST_TOOLS=required, but ffmpeg or ffprobe is missing"
    );
    if !there {
        println!("skipped: ffmpeg and ffprobe are not installed");
    }
    there
}

/// Runs ffmpeg with one thread.
pub(crate) fn ffmpeg(arguments: &[&str], out: &Path) {
    let output = Command::new("ffmpeg")
        .args([
            "-hide_banner",
            "-loglevel",
            "error",
            "-nostdin",
            "-y",
            "-threads",
            "1",
        ])
        .args(arguments)
        .arg(out)
        .output()
        .expect("ffmpeg runs");
    assert!(
        output.status.success(),
        "ffmpeg {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The hashes of all decoded pictures, in the order they are shown.
pub(crate) fn pictures(path: &Path) -> Vec<String> {
    let output = Command::new("ffmpeg")
        .args([
            "-hide_banner",
            "-loglevel",
            "error",
            "-nostdin",
            "-threads",
            "1",
            "-i",
        ])
        .arg(path)
        .args(["-fps_mode", "passthrough", "-f", "framemd5", "-"])
        .output()
        .expect("ffmpeg runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.rsplit(", ").next().map(str::to_owned))
        .collect()
}

/// A packet as ffprobe sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) stream: usize,
    pub(crate) pts: Option<i64>,
    pub(crate) dts: Option<i64>,
    pub(crate) key: bool,
    /// Marked as not to be presented.
    pub(crate) discard: bool,
    pub(crate) hash: String,
}

/// Streams and packets of a file or playlist.
#[derive(Clone, Debug)]
pub(crate) struct Probed {
    /// Time base and type by stream.
    pub(crate) streams: Vec<(i64, i64, String)>,
    pub(crate) packets: Vec<Packet>,
}

impl Probed {
    pub(crate) fn of(&self, stream: usize) -> Vec<Packet> {
        self.packets
            .iter()
            .filter(|packet| packet.stream == stream)
            .cloned()
            .collect()
    }
}

/// Reads all packets with their hashes. `None` when ffprobe cannot read the file.
pub(crate) fn packets(path: &Path) -> Option<Probed> {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-show_packets",
            "-show_streams",
            "-show_data_hash",
            "md5",
            "-of",
            "default",
        ])
        .args([
            "-show_entries",
            "packet=stream_index,pts,dts,flags,data_hash:stream=index,codec_type,time_base",
        ])
        .arg(path)
        .output()
        .expect("ffprobe runs");
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut probed = Probed {
        streams: Vec::new(),
        packets: Vec::new(),
    };
    // Blocks of name=value lines; side data stands in blocks of its own inside a packet's.
    let mut fields = std::collections::HashMap::new();
    let mut in_side_data = false;
    for line in text.lines() {
        match line.trim() {
            "[PACKET]" | "[STREAM]" => fields.clear(),
            "[SIDE_DATA]" => in_side_data = true,
            "[/SIDE_DATA]" => in_side_data = false,
            "[/PACKET]" => probed.packets.extend(packet(&fields)),
            "[/STREAM]" => {
                let (num, den) = fields
                    .get("time_base")
                    .and_then(|base: &&str| base.split_once('/'))
                    .unwrap_or(("1", "1"));
                let parse = |part: &str| part.parse().unwrap_or(1);
                let kind = fields.get("codec_type").copied().unwrap_or_default();
                probed
                    .streams
                    .push((parse(num), parse(den), kind.to_owned()));
            }
            line if !in_side_data => {
                fields.extend(line.split_once('='));
            }
            _ => {}
        }
    }
    Some(probed)
}

fn packet(fields: &std::collections::HashMap<&str, &str>) -> Option<Packet> {
    let time = |name: &str| fields.get(name).and_then(|time| time.parse().ok());
    let flags = fields.get("flags").copied().unwrap_or_default();
    Some(Packet {
        stream: fields.get("stream_index")?.parse().ok()?,
        pts: time("pts"),
        dts: time("dts"),
        key: flags.contains('K'),
        discard: flags.contains('D'),
        hash: fields
            .get("data_hash")
            .copied()
            .unwrap_or_default()
            .to_owned(),
    })
}

/// The shared media beside the repository, when there.
pub(crate) fn shared(part: &str) -> Option<PathBuf> {
    let start = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = start
        .ancestors()
        .map(|dir| dir.join("shared/data").join(part))
        .find(|dir| dir.is_dir());
    if found.is_none() {
        println!("skipped: there is no shared/data/{part} beside the repository");
    }
    found
}

/// Everything below a folder that is a file.
pub(crate) fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// An index behind an `Arc`, as ladders want it.
pub(crate) fn indexed(path: &Path) -> Arc<Index> {
    Arc::new(probe(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}
