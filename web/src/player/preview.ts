// Pictures for the seek bar: key frames from the I-frame playlist, decoded by a second, hidden video element.
// Everything here may fail without anyone noticing more than a missing picture.
import { readMaster, readMedia, type Piece } from './m3u8';

const WIDTH = 320;

export class FramePreview {
  #pieces: Piece[] = [];
  #codecs = '';
  #video?: HTMLVideoElement;
  #source?: MediaSource;
  #buffer?: SourceBuffer;
  #maps = new Map<string, ArrayBuffer>();
  #mapped = '';
  #frames = new Map<number, ImageBitmap>();
  #busy = false;
  #wanted = -1;
  #ready: Promise<boolean>;
  #stop = new AbortController();
  #failures = 0;

  constructor(master: string, private onframe: (index: number, frame: ImageBitmap) => void) {
    this.#ready = this.#open(master).catch(() => false);
  }

  async #text(url: string) {
    const response = await fetch(url, { signal: this.#stop.signal });
    if (!response.ok) throw new Error(String(response.status));
    return { text: await response.text(), url: response.url || url };
  }

  async #open(address: string): Promise<boolean> {
    if (!('MediaSource' in globalThis) || !('createImageBitmap' in globalThis)) return false;
    const master = await this.#text(address);
    const stream = readMaster(master.text, master.url).iframes.find((s) => !s.codecs || MediaSource.isTypeSupported(`video/mp4; codecs="${s.codecs}"`));
    if (!stream?.codecs) return false;
    const media = await this.#text(stream.url);
    this.#pieces = readMedia(media.text, media.url);
    this.#codecs = stream.codecs;
    return this.#pieces.length > 0;
  }

  async #bytes(source: { url: string; range?: Piece['range'] }): Promise<ArrayBuffer> {
    const { url, range } = source;
    const headers: HeadersInit = range ? { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` } : {};
    const response = await fetch(url, { headers, signal: this.#stop.signal });
    if (!response.ok) throw new Error(String(response.status));
    const data = await response.arrayBuffer();
    // A server that ignores the range sends everything.
    return range && response.status === 200 && data.byteLength > range.length ? data.slice(range.offset, range.offset + range.length) : data;
  }

  async #decoder(): Promise<SourceBuffer> {
    if (this.#buffer) return this.#buffer;
    const video = document.createElement('video');
    video.muted = true;
    video.preload = 'auto';
    const source = new MediaSource();
    video.src = URL.createObjectURL(source);
    this.#video = video;
    this.#source = source;
    await once(source, 'sourceopen', this.#stop.signal);
    URL.revokeObjectURL(video.src);
    return (this.#buffer = source.addSourceBuffer(`video/mp4; codecs="${this.#codecs}"`));
  }

  async #edit(act: () => void) {
    const done = once(this.#buffer!, 'updateend', this.#stop.signal);
    act();
    await done;
  }

  async #decode(index: number): Promise<ImageBitmap> {
    const piece = this.#pieces[index]!;
    const buffer = await this.#decoder();
    const data = this.#bytes(piece);
    data.catch(() => {});
    if (piece.map) {
      const key = `${piece.map.url} ${piece.map.range?.offset ?? 0}`;
      if (!this.#maps.has(key)) this.#maps.set(key, await this.#bytes(piece.map));
      if (this.#mapped !== key) { await this.#edit(() => buffer.appendBuffer(this.#maps.get(key)!)); this.#mapped = key; }
    }
    // Only one frame lies in the buffer at a time, so whatever is there is the one asked for.
    if (buffer.buffered.length) await this.#edit(() => buffer.remove(0, Infinity));
    const bytes = await data;
    await this.#edit(() => buffer.appendBuffer(bytes));
    if (!buffer.buffered.length) throw new Error('nothing decodable in the piece');
    // A decoder that expects B-frames holds a picture back until it is told that nothing follows.
    this.#source!.endOfStream();
    const start = buffer.buffered.start(0);
    const time = start + Math.min(0.04, (buffer.buffered.end(0) - start) / 2);
    const video = this.#video!;
    const sought = once(video, 'seeked', this.#stop.signal);
    video.currentTime = time;
    await sought;
    // `loadeddata` comes for the first picture of an element only, `canplay` for each.
    if (video.readyState < 2) await Promise.any(['loadeddata', 'canplay'].map((name) => once(video, name, this.#stop.signal)));
    const height = Math.max(2, Math.round((WIDTH * video.videoHeight) / Math.max(1, video.videoWidth)));
    const frame = await createImageBitmap(video, { resizeWidth: WIDTH, resizeHeight: height });
    return frame;
  }

  index(time: number): number {
    let lo = 0, hi = this.#pieces.length - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1;
      if (this.#pieces[mid]!.start <= time) lo = mid; else hi = mid - 1;
    }
    return hi < 0 ? -1 : lo;
  }

  /** Asks for the picture at a time. Only the newest wish is served next; the answer comes through `onframe`. */
  async want(time: number) {
    if (!(await this.#ready) || this.#failures > 3) return;
    const index = this.index(time);
    if (index < 0) return;
    const known = this.#frames.get(index);
    if (known) return this.onframe(index, known);
    this.#wanted = index;
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#wanted >= 0 && this.#failures <= 3) {
        const next = this.#wanted;
        this.#wanted = -1;
        try {
          const frame = this.#frames.get(next) ?? (await this.#decode(next));
          this.#frames.set(next, frame);
          this.#failures = 0;
          if (this.#wanted < 0 || this.#wanted === next) this.onframe(next, frame);
        } catch {
          // A busy machine may have been too slow: the same wish once more, unless there is a newer one.
          this.#failures++;
          this.#reset();
          if (this.#wanted < 0) this.#wanted = next;
        }
        if (this.#stop.signal.aborted) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  #reset() {
    this.#video?.removeAttribute('src');
    this.#video?.load();
    this.#video = this.#source = this.#buffer = undefined;
    this.#mapped = '';
  }

  destroy() {
    this.#stop.abort();
    this.#reset();
    for (const frame of this.#frames.values()) frame.close();
    this.#frames.clear();
  }
}

function once(target: EventTarget, name: string, stop: AbortSignal, ms = 4000): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (act: () => void) => () => {
      clearTimeout(timer);
      target.removeEventListener(name, good);
      target.removeEventListener('error', bad);
      stop.removeEventListener('abort', bad);
      act();
    };
    const good = end(resolve), bad = end(() => reject(new Error(`${name} did not come`)));
    const timer = setTimeout(bad, ms);
    target.addEventListener(name, good);
    target.addEventListener('error', bad);
    stop.addEventListener('abort', bad);
  });
}
