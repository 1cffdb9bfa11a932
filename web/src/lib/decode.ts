// What of a title's tracks this browser can decode.
import type { MediaTracks } from './api';

export interface Verdict { video: 'all' | 'some' | 'none'; audio: 'all' | 'some' | 'none'; missingVideo: string[]; missingAudio: string[] }

export function supported(kind: 'video' | 'audio', codecs: string): boolean {
  const type = `${kind}/mp4; codecs="${codecs}"`;
  const source = (globalThis as any).ManagedMediaSource ?? globalThis.MediaSource;
  if (source?.isTypeSupported) return source.isTypeSupported(type);
  return document.createElement('video').canPlayType(type) !== '';
}

export function judge(tracks: Pick<MediaTracks, 'video' | 'audio'>, can = supported): Verdict {
  const side = (kind: 'video' | 'audio', list: { codec: string; codec_string: string; transcoded?: boolean }[]) => {
    const missing = list.filter((track) => track.codec_string && !track.transcoded && !can(kind, track.codec_string));
    const names = [...new Set(missing.map((track) => track.codec || track.codec_string))];
    return { names, state: missing.length === 0 ? 'all' : missing.length < list.length ? 'some' : 'none' } as const;
  };
  const video = side('video', tracks.video);
  const audio = side('audio', tracks.audio);
  return { video: video.state, audio: audio.state, missingVideo: video.names, missingAudio: audio.names };
}
