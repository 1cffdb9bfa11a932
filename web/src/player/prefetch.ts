// What can be done before the viewer presses play: the player's code and the playback answer.
import { content, playback, type Playback } from '../lib/api';

let watch: Promise<typeof import('./Watch.svelte')> | undefined;
let hls: Promise<typeof import('hls.js')> | undefined;
const ids = new Map<string, number>();

export function loadWatch() {
  watch ??= import('./Watch.svelte').catch((error) => { watch = undefined; throw error; });
  return watch;
}
export function loadHls() {
  hls ??= import('hls.js').catch((error) => { hls = undefined; throw error; });
  return hls;
}

/** Media Source Extensions, in the form that phones have too. */
export const hasMse = () => 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis;

export function warm(slug: string, id: number) {
  ids.set(slug, id);
  loadWatch().catch(() => {});
  if (hasMse()) loadHls().catch(() => {});
  playback(id).catch(() => {});
}

/** The playback answer for a title page's slug; skips the detail call when the id is known already. */
export async function playbackFor(slug: string): Promise<Playback> {
  const id = ids.get(slug) ?? (await content(slug)).id;
  ids.set(slug, id);
  return playback(id);
}
