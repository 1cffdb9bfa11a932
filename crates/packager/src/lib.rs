//! Probing, indexes, playlists and segments: bytes in, bytes out.
