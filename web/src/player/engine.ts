// One face over the two ways to play HLS: hls.js, and the browser's own.
import type HlsType from 'hls.js';
import { plainLanguage, readMaster, readMedia, readVtt, type TextRendition } from './m3u8';
import { preferences } from './preferences';
import { loadHls } from './prefetch';

export interface Choice { id: number; label: string; language: string }
export interface Quality { id: number; height: number; bandwidth: number }
export type Failure = 'network' | 'media';

/** `at`: seconds to start from. */
export interface Wishes { audio: string | null; subtitles: string | null; at: number }

export abstract class Engine {
  qualities: Quality[] = [];
  audio: Choice[] = [];
  subtitles: Choice[] = [];
  quality = -1; // -1: automatic
  playing = -1; // the quality on screen
  audioTrack = -1;
  subtitleTrack = -1;
  onchange = () => {};
  onfail: (failure: Failure, status?: number) => void = () => {};

  constructor(readonly video: HTMLVideoElement) {}
  abstract readonly kind: 'hls.js' | 'native';
  abstract start(url: string, wishes: Wishes): void;
  abstract setQuality(id: number): void;
  abstract setAudio(id: number): void;
  abstract setSubtitles(id: number): void;
  abstract destroy(): void;
}

export async function createEngine(video: HTMLVideoElement, forceNative: boolean): Promise<Engine> {
  const native = video.canPlayType('application/vnd.apple.mpegurl') !== '';
  if (forceNative && native) return new NativeEngine(video);
  const { default: Hls } = await loadHls();
  if (Hls.isSupported()) return new HlsEngine(video, Hls);
  return new NativeEngine(video);
}

class HlsEngine extends Engine {
  readonly kind = 'hls.js';
  #hls?: HlsType;
  #mediaErrors = 0;
  #networkErrors = 0;

  constructor(video: HTMLVideoElement, private Hls: typeof HlsType) {
    super(video);
  }

  start(url: string, wishes: Wishes) {
    const { Events, ErrorTypes, ErrorDetails } = this.Hls;
    const hls = (this.#hls = new this.Hls({
      // The first film starts low and climbs; later ones start at what the last one measured.
      startLevel: preferences.bandwidth ? -1 : 0,
      capLevelToPlayerSize: true,
      startPosition: wishes.at > 0 ? wishes.at : -1,
      lowLatencyMode: false,
      enableWorker: false, // our segments need no transmuxing, and a worker would cost start time
      startFragPrefetch: true,
      testBandwidth: false,
      abrEwmaDefaultEstimate: preferences.bandwidth || 3_000_000,
      maxBufferLength: 30,
      maxMaxBufferLength: 120,
      backBufferLength: 60,
      audioPreference: wishes.audio ? { lang: wishes.audio } : undefined,
      renderTextTracksNatively: true,
    }));
    hls.on(Events.MANIFEST_PARSED, () => {
      this.qualities = hls.levels.map((l, id) => ({ id, height: l.height, bandwidth: l.bitrate }));
      this.onchange();
    });
    hls.on(Events.AUDIO_TRACKS_UPDATED, () => {
      this.audio = hls.audioTracks.map((a, id) => ({ id, label: a.name, language: plainLanguage(a.lang) }));
      const wish = this.audio.find((a) => wishes.audio && a.language === plainLanguage(wishes.audio));
      if (wish && hls.audioTrack !== wish.id) hls.audioTrack = wish.id;
      this.onchange();
    });
    hls.on(Events.AUDIO_TRACK_SWITCHED, (_, data) => { this.audioTrack = data.id; this.onchange(); });
    hls.on(Events.SUBTITLE_TRACKS_UPDATED, () => {
      this.subtitles = hls.subtitleTracks.map((s, id) => ({ id, label: s.name, language: plainLanguage(s.lang) }));
      this.setSubtitles(this.subtitles.find((s) => s.language === wishes.subtitles)?.id ?? -1);
    });
    hls.on(Events.LEVEL_SWITCHED, (_, data) => { this.playing = data.level; this.onchange(); });
    hls.on(Events.FRAG_BUFFERED, () => {
      this.#networkErrors = 0;
      if (Number.isFinite(hls.bandwidthEstimate)) preferences.bandwidth = Math.round(hls.bandwidthEstimate * 0.7);
    });
    hls.on(Events.ERROR, (_, data) => {
      if (!data.fatal) return;
      const status = data.response?.code;
      // A codec that the browser lacks will not come by trying again.
      const lacking = [ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR, ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR, ErrorDetails.BUFFER_ADD_CODEC_ERROR].includes(data.details);
      if (data.type === ErrorTypes.MEDIA_ERROR && !lacking && this.#mediaErrors++ < 2) return hls.recoverMediaError();
      if (data.type === ErrorTypes.NETWORK_ERROR && status !== 403 && status !== 404 && data.details.startsWith('frag') && this.#networkErrors++ < 2) return hls.startLoad();
      this.onfail(data.type === ErrorTypes.NETWORK_ERROR ? 'network' : 'media', status);
    });
    hls.loadSource(url);
    hls.attachMedia(this.video);
  }

  setQuality(id: number) {
    if (!this.#hls) return;
    this.quality = id;
    this.#hls.nextLevel = id;
    this.onchange();
  }
  setAudio(id: number) {
    if (this.#hls) this.#hls.audioTrack = id;
    this.audioTrack = id;
    this.onchange();
  }
  setSubtitles(id: number) {
    const hls = this.#hls;
    if (!hls) return;
    hls.subtitleTrack = id;
    hls.subtitleDisplay = id >= 0;
    this.subtitleTrack = id;
    this.onchange();
  }
  destroy() {
    this.#hls?.destroy();
  }
}

/** `video.audioTracks` is missing from TypeScript's DOM because only some browsers have it. */
type AudioTracks = EventTarget & ArrayLike<{ enabled: boolean; label: string; language: string }>;

interface OwnSubtitles { rendition: TextRendition; track: TextTrack; loaded: boolean }

class NativeEngine extends Engine {
  readonly kind = 'native';
  #stop = new AbortController();
  #own: OwnSubtitles[] = [];

  start(url: string, wishes: Wishes) {
    const { video } = this;
    const signal = this.#stop.signal;
    video.addEventListener('error', () => this.onfail(video.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'network' : 'media'), { signal });
    video.addEventListener('loadedmetadata', () => {
      if (wishes.at > 0) video.currentTime = wishes.at;
      void this.#tracks(url, wishes);
    }, { signal });
    video.src = url;
  }

  async #tracks(url: string, wishes: Wishes) {
    const { video } = this;
    const audio = (video as unknown as { audioTracks?: AudioTracks }).audioTracks;
    if (audio && audio.length > 1) {
      this.audio = Array.from(audio, (a, id) => ({ id, label: a.label, language: plainLanguage(a.language) }));
      this.audioTrack = Array.from(audio).findIndex((a) => a.enabled);
      const wish = this.audio.find((a) => wishes.audio && a.language === plainLanguage(wishes.audio));
      if (wish && wish.id !== this.audioTrack) this.setAudio(wish.id);
    }
    if (video.textTracks.length === 0) await this.#ownSubtitles(url).catch(() => {});
    this.subtitles = Array.from(video.textTracks, (s, id) => ({ id, label: s.label, language: plainLanguage(s.language) }));
    this.setSubtitles(this.subtitles.find((s) => s.language === wishes.subtitles)?.id ?? -1);
  }

  /** Where the browser plays HLS but leaves its WebVTT alone, the page reads it. */
  async #ownSubtitles(url: string) {
    const response = await fetch(url, { signal: this.#stop.signal });
    const { subtitles } = readMaster(await response.text(), response.url || url);
    for (const rendition of subtitles) this.#own.push({ rendition, loaded: false, track: this.video.addTextTrack('subtitles', rendition.name, rendition.language) });
  }

  async #load(own: OwnSubtitles) {
    if (own.loaded) return;
    own.loaded = true;
    try {
      const list = await fetch(own.rendition.url, { signal: this.#stop.signal });
      const seen = new Set<string>();
      for (const piece of readMedia(await list.text(), list.url || own.rendition.url)) {
        const response = await fetch(piece.url, { signal: this.#stop.signal });
        for (const cue of readVtt(await response.text())) {
          const key = `${cue.start} ${cue.end} ${cue.text}`; // cues are repeated where pieces meet
          if (seen.has(key)) continue;
          seen.add(key);
          own.track.addCue(new VTTCue(cue.start, cue.end, cue.text));
        }
      }
    } catch {
      own.loaded = false;
    }
  }

  setQuality() { /* the browser decides */ }
  setAudio(id: number) {
    const audio = (this.video as unknown as { audioTracks?: AudioTracks }).audioTracks;
    if (audio) Array.from(audio).forEach((a, i) => (a.enabled = i === id));
    this.audioTrack = id;
    this.onchange();
  }
  setSubtitles(id: number) {
    Array.from(this.video.textTracks).forEach((s, i) => (s.mode = i === id ? 'showing' : 'disabled'));
    if (this.#own[id]) void this.#load(this.#own[id]!);
    this.subtitleTrack = id;
    this.onchange();
  }
  destroy() {
    this.#stop.abort();
    this.video.removeAttribute('src');
    this.video.load();
  }
}
