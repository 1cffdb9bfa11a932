//! The walk over a segment: every block header of the file, payload jumped over.
//!
//! Cues would give key frames only. Exact bandwidth and durations need every frame, and walking
//! works the same for files without Cues. It reads on average a few bytes per frame; see
//! [`Reader`] for how those become few requests.

use super::block::{self, Block};
use super::ebml::{self, HEADER_MAX, Header};
use super::ids;
use super::tracks::{self, Draft, Frame};
use crate::error::ProbeError;
use crate::limits::Limits;
use crate::reader::Reader;

/// What the walk found.
pub(crate) struct Found {
    /// Nanoseconds per tick.
    pub(crate) scale: u64,
    pub(crate) drafts: Vec<Draft>,
}

/// A cluster being walked.
struct Cluster {
    /// `None` when of unknown size.
    end: Option<u64>,
    time: i64,
}

/// Walks the segment whose content is `at..end`.
pub(crate) async fn segment(
    reader: &mut Reader<'_>,
    mut at: u64,
    end: u64,
    limits: &Limits,
) -> Result<Found, ProbeError> {
    let mut found = Found {
        scale: 1_000_000,
        drafts: Vec::new(),
    };
    let mut budget = limits
        .samples
        .min(usize::try_from(end).unwrap_or(usize::MAX));
    let mut cluster: Option<Cluster> = None;
    while at < end {
        if cluster
            .as_ref()
            .and_then(|cluster| cluster.end)
            .is_some_and(|end| at >= end)
        {
            cluster = None;
        }
        let Some(header) = header(reader, at).await? else {
            // Damage, or the end of a file that was cut short: go on with the next cluster.
            match next_cluster(reader, at + 1, end).await? {
                Some(next) => at = next,
                None => break,
            }
            cluster = None;
            continue;
        };
        let body = at + header.length;
        let element_end = header.size.and_then(|size| body.checked_add(size));
        if header.id == ids::CLUSTER {
            cluster = Some(Cluster {
                end: element_end,
                time: 0,
            });
            at = body;
            continue;
        }
        if ids::is_top_level(header.id) {
            cluster = None;
            if matches!(header.id, ids::EBML | ids::SEGMENT) {
                // A second file appended to the first: its timeline is another one.
                break;
            }
        }
        let Some(element_end) = element_end.filter(|end| *end <= reader.length()) else {
            if found.drafts.is_empty() {
                return Err(ProbeError::malformed(
                    "an element of the header ends after the file",
                    at,
                ));
            }
            match next_cluster(reader, at + 1, end).await? {
                Some(next) => at = next,
                None => break,
            }
            cluster = None;
            continue;
        };
        match (header.id, &mut cluster) {
            (ids::INFO, _) => {
                let info = content(reader, body, element_end, limits).await?;
                let scale = ebml::elements(&info).find(|child| child.id == ids::TIMESTAMP_SCALE);
                found.scale = scale
                    .map_or(1_000_000, |scale| scale.uint())
                    .clamp(1, 1_000_000_000);
            }
            (ids::TRACKS, _) if found.drafts.is_empty() => {
                let body = content(reader, body, element_end, limits).await?;
                found.drafts = tracks::parse(&body);
                if found.drafts.len() > limits.tracks {
                    let (has, most) = (found.drafts.len(), limits.tracks);
                    return Err(ProbeError::limit(format!(
                        "it has {has} tracks, {most} are allowed"
                    )));
                }
            }
            (ids::TIMESTAMP, Some(cluster)) => {
                let time = reader
                    .peek(body, element_end.saturating_sub(body).min(8))
                    .await?;
                let time = ebml::Element {
                    id: header.id,
                    body: &time,
                }
                .uint();
                // Ticks of a nanosecond over centuries still fit; more is damage.
                cluster.time = i64::try_from(time)
                    .ok()
                    .filter(|time| *time < 1 << 60)
                    .unwrap_or(0);
            }
            (ids::SIMPLE_BLOCK, Some(cluster)) => {
                if let Some(block) = read_block(reader, body, element_end).await? {
                    let facts = Facts {
                        key: block.key,
                        duration: 0,
                    };
                    collect(
                        &mut found.drafts,
                        &block,
                        body,
                        cluster.time,
                        facts,
                        &mut budget,
                    )?;
                }
            }
            (ids::BLOCK_GROUP, Some(cluster)) => {
                let time = cluster.time;
                group(
                    reader,
                    body,
                    element_end,
                    time,
                    &mut found.drafts,
                    &mut budget,
                )
                .await?;
            }
            _ => {}
        }
        at = element_end;
    }
    Ok(found)
}

async fn header(reader: &mut Reader<'_>, at: u64) -> Result<Option<Header>, ProbeError> {
    let head = reader.peek(at, HEADER_MAX).await?;
    Ok(ebml::header(&head))
}

async fn content(
    reader: &mut Reader<'_>,
    from: u64,
    to: u64,
    limits: &Limits,
) -> Result<bytes::Bytes, ProbeError> {
    let size = to.saturating_sub(from);
    if size > limits.element_bytes {
        let most = limits.element_bytes;
        return Err(ProbeError::limit(format!(
            "a header element has {size} bytes, {most} are allowed"
        )));
    }
    reader.read(from..to).await
}

/// The next cluster at or after `at`: its id is four bytes that hardly occur by chance.
async fn next_cluster(
    reader: &mut Reader<'_>,
    mut at: u64,
    end: u64,
) -> Result<Option<u64>, ProbeError> {
    const WINDOW: u64 = 64 << 10;
    let id = ids::CLUSTER.to_be_bytes();
    while at < end {
        let window = reader.peek(at, WINDOW.min(end - at)).await?;
        if window.len() < id.len() {
            return Ok(None);
        }
        if let Some(found) = window.windows(id.len()).position(|part| part == id) {
            return Ok(Some(at + found as u64));
        }
        at += (window.len() - id.len() + 1) as u64;
    }
    Ok(None)
}

/// What stands beside a block rather than in it.
#[derive(Clone, Copy)]
struct Facts {
    key: bool,
    duration: u32,
}

async fn read_block(
    reader: &mut Reader<'_>,
    from: u64,
    to: u64,
) -> Result<Option<Block>, ProbeError> {
    let size = to.saturating_sub(from);
    // Almost every block is not laced: its first bytes are enough.
    let head = reader.peek(from, size.min(16)).await?;
    if let Some(block) = block::parse(&head, size) {
        return Ok(Some(block));
    }
    let head = reader.peek(from, size.min(block::HEAD)).await?;
    Ok(block::parse(&head, size))
}

async fn group(
    reader: &mut Reader<'_>,
    mut at: u64,
    end: u64,
    time: i64,
    drafts: &mut [Draft],
    budget: &mut usize,
) -> Result<(), ProbeError> {
    let mut block: Option<(Block, u64)> = None;
    let mut facts = Facts {
        key: true,
        duration: 0,
    };
    while at < end {
        let Some(header) = header(reader, at).await? else {
            break;
        };
        let body = at + header.length;
        let Some(element_end) = header
            .size
            .and_then(|size| body.checked_add(size))
            .filter(|to| *to <= end)
        else {
            break;
        };
        match header.id {
            ids::BLOCK => {
                block = read_block(reader, body, element_end)
                    .await?
                    .map(|block| (block, body));
            }
            ids::REFERENCE_BLOCK => facts.key = false,
            ids::BLOCK_DURATION => {
                let duration = reader
                    .peek(body, element_end.saturating_sub(body).min(8))
                    .await?;
                let duration = ebml::Element {
                    id: header.id,
                    body: &duration,
                }
                .uint();
                facts.duration = u32::try_from(duration).unwrap_or(0);
            }
            _ => {}
        }
        at = element_end;
    }
    match block {
        Some((block, body)) => collect(drafts, &block, body, time, facts, budget),
        None => Ok(()),
    }
}

fn collect(
    drafts: &mut [Draft],
    block: &Block,
    body: u64,
    cluster_time: i64,
    facts: Facts,
    budget: &mut usize,
) -> Result<(), ProbeError> {
    let Some(draft) = drafts
        .iter_mut()
        .find(|draft| draft.number == block.track && draft.is_wanted())
    else {
        return Ok(());
    };
    *budget = budget
        .checked_sub(block.frames.len())
        .ok_or_else(|| ProbeError::limit("it has too many samples"))?;
    let laced_with = u8::try_from(block.frames.len().saturating_sub(1)).unwrap_or(u8::MAX);
    let mut offset = body + block.header;
    for (lace, size) in (0u8..=u8::MAX).zip(&block.frames) {
        let Ok(size_32) = u32::try_from(*size) else {
            return Ok(());
        };
        draft.frames.push(Frame {
            offset,
            size: size_32,
            time: cluster_time.saturating_add(i64::from(block.time)),
            lace,
            laced_with,
            key: facts.key,
            duration: facts.duration,
        });
        offset = offset.saturating_add(*size);
    }
    Ok(())
}
