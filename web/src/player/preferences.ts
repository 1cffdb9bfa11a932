// What the viewer chose last, kept in this browser.
import { readStored as read, writeStored as write } from '../lib/stored';

export const preferences = {
  get audio() { return read('audio'); },
  set audio(language: string | null) { write('audio', language ?? ''); },
  /** A language, or "off". */
  get subtitles() { return read('subtitles'); },
  set subtitles(language: string | null) { write('subtitles', language ?? 'off'); },
  /** Bits per second that the last playback could count on; 0 when there was none. */
  get bandwidth() { return Number(read('bandwidth')) || 0; },
  set bandwidth(v: number) { write('bandwidth', String(v)); },
  /** Whether the next episode plays by itself. */
  get follows() { return read('follows') !== 'no'; },
  set follows(v: boolean) { write('follows', v ? 'yes' : 'no'); },
  get volume() { const v = Number(read('volume') ?? 1); return v >= 0 && v <= 1 ? v : 1; },
  set volume(v: number) { write('volume', String(v)); },
};
