// As much of an HLS playlist as the page itself needs; hls.js reads the rest.

export function attributes(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const m of text.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^",]*)/g)) out[m[1]!] = m[2]!.startsWith('"') ? m[2]!.slice(1, -1) : m[2]!;
  return out;
}

export interface IframeStream { url: string; codecs: string; bandwidth: number }
export interface TextRendition { url: string; language: string; name: string; forced: boolean }

export function readMaster(text: string, base: string): { iframes: IframeStream[]; subtitles: TextRendition[] } {
  const iframes: IframeStream[] = [];
  const subtitles: TextRendition[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#EXT-X-I-FRAME-STREAM-INF:')) {
      const a = attributes(line.slice(26));
      if (a.URI) iframes.push({ url: new URL(a.URI, base).href, codecs: a.CODECS ?? '', bandwidth: Number(a.BANDWIDTH) || 0 });
    } else if (line.startsWith('#EXT-X-MEDIA:')) {
      const a = attributes(line.slice(13));
      if (a.TYPE === 'SUBTITLES' && a.URI) subtitles.push({ url: new URL(a.URI, base).href, language: a.LANGUAGE ?? '', name: a.NAME ?? '', forced: a.FORCED === 'YES' });
    }
  }
  return { iframes: iframes.sort((x, y) => x.bandwidth - y.bandwidth), subtitles };
}

export interface Piece { url: string; start: number; duration: number; range?: { offset: number; length: number }; map?: { url: string; range?: { offset: number; length: number } } }

/** The pieces of a media playlist with their times; byte ranges resolved as RFC 8216 section 4.3.2.2 says. */
export function readMedia(text: string, base: string): Piece[] {
  const out: Piece[] = [];
  let at = 0, duration = 0, map: Piece['map'], range: Piece['range'];
  const ends = new Map<string, number>();
  const bytes = (value: string, url?: string) => {
    const [length, offset] = value.split('@').map(Number);
    return { length: length!, offset: offset ?? (url ? ends.get(url) ?? 0 : 0) };
  };
  let pending: string | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line.startsWith('#EXTINF:')) duration = parseFloat(line.slice(8)) || 0;
    else if (line.startsWith('#EXT-X-BYTERANGE:')) pending = line.slice(17);
    else if (line.startsWith('#EXT-X-MAP:')) {
      const a = attributes(line.slice(11));
      if (a.URI) map = { url: new URL(a.URI, base).href, range: a.BYTERANGE ? bytes(a.BYTERANGE) : undefined };
    } else if (line && !line.startsWith('#')) {
      const url = new URL(line, base).href;
      range = pending ? bytes(pending, url) : undefined;
      if (range) ends.set(url, range.offset + range.length);
      out.push({ url, start: at, duration, range, map });
      at += duration;
      pending = undefined;
    }
  }
  return out;
}

export interface Cue { start: number; end: number; text: string; settings: string }

const seconds = (stamp: string) => stamp.split(':').reduce((n, part) => n * 60 + parseFloat(part.replace(',', '.')), 0);

/** Cues of a WebVTT file; enough for subtitles where the browser does not load them itself. */
export function readVtt(text: string): Cue[] {
  const out: Cue[] = [];
  for (const block of text.replace(/\r\n?/g, '\n').split(/\n{2,}/)) {
    const lines = block.split('\n');
    const i = lines.findIndex((l) => l.includes('-->'));
    if (i < 0) continue;
    const m = /^\s*([\d:.,]+)\s+-->\s+([\d:.,]+)\s*(.*)$/.exec(lines[i]!);
    if (m) out.push({ start: seconds(m[1]!), end: seconds(m[2]!), settings: m[3]!, text: lines.slice(i + 1).join('\n').trim() });
  }
  return out;
}

/** "eng" and "en-US" are "en"; Chinese keeps its script. */
export function plainLanguage(tag: string | undefined): string {
  const t = (tag ?? '').toLowerCase();
  const three: Record<string, string> = { eng: 'en', kor: 'ko', spa: 'es', por: 'pt', zho: 'zh', chi: 'zh', jpn: 'ja', fra: 'fr', fre: 'fr', deu: 'de', ger: 'de' };
  if (t.startsWith('zh-han')) return t.slice(0, 7);
  const primary = t.split('-')[0]!;
  return three[primary] ?? primary;
}
