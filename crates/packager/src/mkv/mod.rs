//! Matroska and WebM.

use crate::error::ProbeError;
use crate::index::Index;
use crate::limits::Limits;
use crate::reader::Reader;

/// Whether the first bytes are an EBML header.
pub(crate) fn sniff(head: &[u8]) -> bool {
    head.starts_with(&[0x1A, 0x45, 0xDF, 0xA3])
}

/// Indexes a file.
#[expect(clippy::unused_async, reason = "not there yet")]
pub(crate) async fn probe(_reader: &mut Reader<'_>, _limits: &Limits) -> Result<Index, ProbeError> {
    Err(ProbeError::unsupported("Matroska files are not supported yet"))
}
