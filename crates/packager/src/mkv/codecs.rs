//! Codec mappings (RFC 9559, 17 and the Matroska codec specification) to sample entries.

use super::tracks::Draft;
use crate::codec::entry::{self, Child};
use crate::codec::{Description, aac, ac3, opus, video, vp9};
use crate::index::{Codec, TrackKind};
use crate::mp4::boxes::name;
use crate::transcode::{Foreign, MatroskaCodec};

/// A description, and the clock its audio frames follow.
pub(crate) struct Understood {
    pub(crate) description: Description,
    /// Ticks per second for audio.
    pub(crate) rate: u32,
    /// Ticks per frame, when always the same.
    pub(crate) frame: Option<u32>,
}

/// Understands a track. `first` holds the beginning of its first frame.
pub(crate) fn describe(draft: &Draft, first: &[u8]) -> Understood {
    let plain = |description| Understood {
        description,
        rate: 0,
        frame: None,
    };
    match draft.kind {
        1 => plain(video_track(draft, first)),
        2 => audio_track(draft, first),
        17 => plain(text_track(draft)),
        _ => plain(Description::refused(
            TrackKind::Other,
            draft.codec_id.clone(),
            "it is neither video, audio nor text",
        )),
    }
}

fn text_track(draft: &Draft) -> Description {
    let codec = match draft.codec_id.as_str() {
        "S_TEXT/UTF8" | "S_TEXT/ASCII" => Codec::SubRip,
        "S_TEXT/ASS" | "S_TEXT/SSA" | "S_ASS" | "S_SSA" => Codec::Ass,
        "S_TEXT/WEBVTT" | "D_WEBVTT/SUBTITLES" | "D_WEBVTT/CAPTIONS" => Codec::WebVtt,
        other => {
            let what = match other {
                "S_HDMV/PGS" => "picture subtitles (PGS) are not text".to_owned(),
                "S_VOBSUB" => "picture subtitles (VobSub) are not text".to_owned(),
                "S_DVBSUB" => "picture subtitles (DVB) are not text".to_owned(),
                other => format!("text coded as {other} is not supported"),
            };
            return Description::refused(TrackKind::Other, draft.codec_id.clone(), what);
        }
    };
    let description = Description::media(TrackKind::Text, codec, "wvtt".to_owned(), Vec::new());
    Description {
        is_forced: draft.is_forced,
        ..description
    }
}

fn video_track(draft: &Draft, first: &[u8]) -> Description {
    let (width, height) = shown_size(draft);
    let range = draft.colour.and_then(crate::codec::Colour::range);
    let kind = TrackKind::Video {
        width,
        height,
        frame_rate: None,
        range,
    };
    let refused = |what: String| Description::refused(kind.clone(), draft.codec_id.clone(), what);
    let private = &draft.private;
    let rate = (draft.default_duration > 0).then(|| {
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds of one frame")]
        let nanoseconds = draft.default_duration as f64;
        1e9 / nanoseconds
    });
    let (codec, fourcc, string, child): (_, _, _, Child) = match draft.codec_id.as_str() {
        "V_MPEG4/ISO/AVC" => {
            let fourcc = if video::avc_has_sets(private) {
                *b"avc1"
            } else {
                *b"avc3"
            };
            let string = video::avc_string(&name(fourcc), private);
            (Codec::H264, fourcc, string, (*b"avcC", private.clone()))
        }
        "V_MPEGH/ISO/HEVC" => {
            let fourcc = if video::hevc_has_sets(private) {
                *b"hvc1"
            } else {
                *b"hev1"
            };
            let string = video::hevc_string(&name(fourcc), private);
            (Codec::Hevc, fourcc, string, (*b"hvcC", private.clone()))
        }
        "V_AV1" => (
            Codec::Av1,
            *b"av01",
            video::av1_string(private, draft.colour),
            (*b"av1C", private.clone()),
        ),
        "V_VP9" => {
            let vp9 = vp9::Vp9::from_key_frame(first, width, height, rate, draft.colour);
            let record = vp9.map(|vp9| vp9.record()).unwrap_or_default();
            (
                Codec::Vp9,
                *b"vp09",
                vp9.map(|vp9| vp9.string()),
                (*b"vpcC", record),
            )
        }
        "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/SP" | "V_MPEG4/MS/V3" => {
            return refused("MPEG-4 Visual video is not supported".to_owned());
        }
        "V_MPEG1" | "V_MPEG2" => {
            return refused("MPEG-1 and MPEG-2 video are not supported".to_owned());
        }
        "V_VP8" => return refused("VP8 video is not supported".to_owned()),
        "V_MJPEG" => return refused("Motion JPEG video is not supported".to_owned()),
        other => return refused(format!("video coded as {other} is not supported")),
    };
    let sides = u16::try_from(draft.pixels.0)
        .ok()
        .zip(u16::try_from(draft.pixels.1).ok());
    let (Some(string), Some(sides)) = (string, sides) else {
        return refused("its decoder set-up is missing or damaged".to_owned());
    };
    let mut children = vec![child];
    if let Some(colour) = draft.colour {
        children.push((*b"colr", colour.nclx()));
    }
    if let Some(pasp) = pixel_aspect(draft, width, height) {
        children.push((*b"pasp", pasp));
    }
    Description::media(
        kind,
        codec,
        string,
        entry::video(fourcc, sides.0, sides.1, &children),
    )
}

/// The size as shown (RFC 9559, 5.1.4.1.28): display size in pixels, or as an aspect.
fn shown_size(draft: &Draft) -> (u32, u32) {
    let small = |side: u64| u32::try_from(side).unwrap_or(0);
    let (width, height) = (small(draft.pixels.0), small(draft.pixels.1));
    let (across, down) = (small(draft.display.0), small(draft.display.1));
    if across == 0 || down == 0 || across > 65_535 || down > 65_535 {
        return (width, height);
    }
    if draft.display_unit == 0 {
        return (across, down);
    }
    let stretched = u64::from(height) * u64::from(across) / u64::from(down);
    (small(stretched).max(1), height)
}

fn pixel_aspect(draft: &Draft, width: u32, height: u32) -> Option<Vec<u8>> {
    let across = u64::from(width) * draft.pixels.1;
    let down = u64::from(height) * draft.pixels.0;
    if across == down || across == 0 || down == 0 {
        return None;
    }
    let (mut a, mut b) = (across, down);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let side = |value: u64| u32::try_from(value / a).ok();
    let mut out = side(across)?.to_be_bytes().to_vec();
    out.extend_from_slice(&side(down)?.to_be_bytes());
    Some(out)
}

fn audio_track(draft: &Draft, first: &[u8]) -> Understood {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded by the clamp"
    )]
    let stated_rate = draft.rate.clamp(0.0, 1e7).round() as u32;
    let stated_channels = u32::try_from(draft.channels).unwrap_or(0).min(255);
    let stated = TrackKind::Audio {
        channels: stated_channels,
        sample_rate: stated_rate,
    };
    let id = draft.codec_id.as_str();
    let refused = |what: String| Understood {
        description: Description::refused(stated.clone(), draft.codec_id.clone(), what),
        rate: stated_rate,
        frame: None,
    };
    let foreign = |what: &str, frame: Option<u32>| {
        let mut understood = refused(format!("{what} audio is not supported"));
        understood.frame = frame;
        understood.description.foreign = Some(Foreign::Matroska(MatroskaCodec {
            id: id.to_owned(),
            private: draft.private.clone(),
            bit_depth: draft.bit_depth,
        }));
        understood
    };
    let built = if id == "A_AAC" || id.starts_with("A_AAC/") {
        aac_track(draft, stated_rate, stated_channels)
    } else {
        match id {
            "A_AC3" => {
                ac3::ac3_setup(first).map(|setup| dolby(Codec::Ac3, *b"ac-3", *b"dac3", setup))
            }
            "A_EAC3" => {
                ac3::eac3_setup(first).map(|setup| dolby(Codec::Eac3, *b"ec-3", *b"dec3", setup))
            }
            "A_OPUS" => opus::dops_from_head(&draft.private).and_then(|record| {
                let channels = opus::parse_dops(&record)?;
                Some(built(
                    Codec::Opus,
                    "Opus",
                    *b"Opus",
                    (*b"dOps", opus::with_entry_rate(record)),
                    channels,
                    48000,
                    None,
                ))
            }),
            "A_FLAC" => opus::dfla_from_head(&draft.private).map(|(record, facts)| {
                built(
                    Codec::Flac,
                    "fLaC",
                    *b"fLaC",
                    (*b"dfLa", record),
                    facts.channels,
                    facts.rate,
                    facts.block,
                )
            }),
            "A_MPEG/L3" => opus::mp3_frame(first).map(|(rate, frame)| {
                let child = (*b"esds", aac::write_esds(0x6B, &[]));
                built(
                    Codec::Mp3,
                    "mp4a.6B",
                    *b"mp4a",
                    child,
                    stated_channels,
                    rate,
                    Some(frame),
                )
            }),
            "A_VORBIS" => return foreign("Vorbis", None),
            "A_DTS" | "A_DTS/EXPRESS" | "A_DTS/LOSSLESS" => {
                return foreign("DTS", dts_frame(first));
            }
            "A_ALAC" => return foreign("Apple Lossless", None),
            "A_PCM/INT/LIT" | "A_PCM/INT/BIG" | "A_PCM/FLOAT/IEEE" => {
                return foreign("uncompressed", None);
            }
            // It has twelve hundred frames a second and hardly ever comes without AC-3 beside it:
            // not worth a table.
            "A_TRUEHD" | "A_MLP" => {
                return refused("Dolby TrueHD audio is not supported".to_owned());
            }
            "A_MPEG/L2" => return foreign("MPEG layer 2", Some(1152)),
            other => return refused(format!("audio coded as {other} is not supported")),
        }
    };
    built.unwrap_or_else(|| refused("its decoder set-up is missing or damaged".to_owned()))
}

/// Samples in a DTS frame (ETSI TS 102 114, 5.3.1): 32 for each of its blocks. `None` for the
/// extensions that come without a core.
fn dts_frame(first: &[u8]) -> Option<u32> {
    let [0x7F, 0xFE, 0x80, 0x01, high, low, ..] = *first else {
        return None;
    };
    // FTYPE 1, SHORT 5, CPF 1, NBLKS 7 bits.
    let blocks = (u32::from(high & 1) << 6) | (u32::from(low) >> 2);
    Some((blocks + 1) * 32)
}

fn built(
    codec: Codec,
    string: &str,
    fourcc: [u8; 4],
    child: Child,
    channels: u32,
    rate: u32,
    frame: Option<u32>,
) -> Understood {
    let kind = TrackKind::Audio {
        channels,
        sample_rate: rate,
    };
    let sample_entry = entry::audio(fourcc, channels, rate, &[child]);
    Understood {
        description: Description::media(kind, codec, string.to_owned(), sample_entry),
        rate,
        frame,
    }
}

fn dolby(codec: Codec, fourcc: [u8; 4], record: [u8; 4], setup: ac3::Setup) -> Understood {
    let string = if codec == Codec::Ac3 { "ac-3" } else { "ec-3" };
    built(
        codec,
        string,
        fourcc,
        (record, setup.record),
        setup.channels,
        setup.rate,
        Some(setup.frame),
    )
}

fn aac_track(draft: &Draft, rate: u32, channels: u32) -> Option<Understood> {
    let made;
    let specific = if draft.private.is_empty() {
        made = aac::make_config(rate, channels)?;
        &made
    } else {
        &draft.private
    };
    let config = aac::parse_config(specific)?;
    let string = aac::string(&aac::Esds {
        object: 0x40,
        specific,
    })?;
    let channels = if config.channels > 0 {
        config.channels
    } else {
        channels
    };
    let child = (*b"esds", aac::write_esds(0x40, specific));
    let mut understood = built(
        Codec::Aac,
        &string,
        *b"mp4a",
        child,
        channels,
        config.rate,
        Some(config.frame),
    );
    // Frames are counted on the core's clock; replication doubles the rate afterwards.
    understood.rate = config.core_rate;
    Some(understood)
}
