// What the player's two menus offer.
import { languageName, t } from '../lib/i18n.svelte';
import type { Choice, Engine } from './engine';
import { plainLanguage } from './m3u8';
import type { MenuGroup } from './Menu.svelte';

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

/** The engine's lists, copied when it says that they changed. */
export type Tracks = Pick<Engine, 'qualities' | 'audio' | 'subtitles' | 'quality' | 'playing' | 'audioTrack' | 'subtitleTrack'>;
export const NO_TRACKS: Tracks = { qualities: [], audio: [], subtitles: [], quality: -1, playing: -1, audioTrack: -1, subtitleTrack: -1 };
export const tracksOf = ({ qualities, audio, subtitles, quality, playing, audioTrack, subtitleTrack }: Engine): Tracks => ({ qualities, audio, subtitles, quality, playing, audioTrack, subtitleTrack });

export const subtitleName = (c: Choice) => c.label || languageName(c.language);
const audioName = (c: Choice) => (c.language && plainLanguage(c.label) !== c.language && c.label.length > 3 ? c.label : languageName(c.language) || c.label);

export function trackGroups(tracks: Tracks, setAudio: (id: number) => void, setSubtitles: (id: number) => void): MenuGroup[] {
  const sound = tracks.audio.map((a) => ({ key: `audio-${a.id}`, text: audioName(a), on: a.id === tracks.audioTrack, lang: a.language, pick: () => setAudio(a.id) }));
  const texts = tracks.subtitles.map((s) => ({ key: `sub-${s.id}`, text: subtitleName(s), on: s.id === tracks.subtitleTrack, lang: s.language, pick: () => setSubtitles(s.id) }));
  return [
    { title: t('title.sound'), options: sound.length ? sound : [{ key: 'audio', text: t('track.unknown'), on: true, pick: () => {} }] },
    { title: t('title.subtitles'), options: [{ key: 'sub-off', text: t('player.off'), on: tracks.subtitleTrack < 0, pick: () => setSubtitles(-1) }, ...texts] },
  ];
}

export function qualityGroup(tracks: Tracks, setQuality: (id: number) => void): MenuGroup[] {
  if (tracks.qualities.length < 2) return [];
  const name = (id: number) => { const q = tracks.qualities[id]; return q ? (q.height ? `${q.height}p` : `${Math.round(q.bandwidth / 1000)} kbit/s`) : ''; };
  const now = tracks.quality < 0 && name(tracks.playing);
  return [{ title: t('player.quality'), options: [
    { key: 'q-auto', text: now ? t('player.autoNow', { now }) : t('player.auto'), on: tracks.quality < 0, pick: () => setQuality(-1) },
    ...[...tracks.qualities].reverse().map((q) => ({ key: `q-${q.id}`, text: name(q.id), on: tracks.quality === q.id, pick: () => setQuality(q.id) })),
  ] }];
}

export const speedGroup = (speed: number, setSpeed: (to: number) => void): MenuGroup => ({
  title: t('player.speed'), options: SPEEDS.map((s) => ({ key: `s-${s}`, text: s === 1 ? t('player.normal') : `${s}×`, on: s === speed, pick: () => setSpeed(s) })),
});

export const followGroup = (byItself: boolean, set: (byItself: boolean) => void): MenuGroup => ({
  title: t('player.follow'), options: [
    { key: 'follow-auto', text: t('player.followAuto'), on: byItself, pick: () => set(true) },
    { key: 'follow-ask', text: t('player.followAsk'), on: !byItself, pick: () => set(false) },
  ],
});
