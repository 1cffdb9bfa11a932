//! The packager as a whole: real files in, HLS out, read back by ffmpeg and compared.

mod bit_exact;
mod generated;
mod ladder;
mod matroska;
mod robust;
mod rules;
mod shared_media;
mod sparse;
mod support;
mod text;
