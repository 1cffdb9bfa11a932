// What the viewer keeps: contents, seasons and channels. The server has the list; a heart answers before it does.
import { call, content, forgetPersonal, season, type ListItem, type Tile, tile } from './api';
import { browserRows, channelTiles, rowTiles } from './home';
import { onChange } from './session.svelte';
import { readObject, writeStored } from './stored';

export type FavoriteKind = 'content' | 'season' | 'channel';
export interface Favorite { id: number; source_id: number; type: FavoriteKind; created: string }

/** The list has ids only. The slugs behind what was kept here find it again where no row shows favorites. */
const SLUGS = 'favorites';
const ROW_MAX = 100;

let kept = $state.raw<ReadonlySet<string>>(new Set());
let asked: Promise<void> | undefined;

onChange((somebody) => {
  kept = new Set();
  asked = undefined;
  if (!somebody) writeStored(SLUGS, '{}'); // the next person need not see what this one kept
});

const list = () => call<Favorite[]>('/favorites/', { personal: true });
const name = (kind: FavoriteKind, id: number) => `${kind}-${id}`;

/** Asks once a visit; hearts are empty until the answer comes. */
export function loadFavorites(): Promise<void> {
  asked ??= list().then(
    (all) => { kept = new Set(all.map((f) => name(f.type, f.source_id))); },
    () => { asked = undefined; },
  );
  return asked;
}

export const isFavorite = (kind: FavoriteKind, id: number) => kept.has(name(kind, id));

function set(key: string, on: boolean) {
  const next = new Set(kept);
  if (on) next.add(key); else next.delete(key);
  kept = next;
}

/** Keeps or drops; on failure the heart goes back and the error comes out. */
export async function toggleFavorite(kind: FavoriteKind, id: number, slug: string): Promise<boolean> {
  const key = name(kind, id);
  const on = !kept.has(key);
  set(key, on);
  if (on) writeStored(SLUGS, JSON.stringify({ ...readObject<string>(SLUGS), [key]: slug }));
  try {
    await call('/favorites/', { method: on ? 'POST' : 'DELETE', personal: true, body: { source_id: id, type: kind } });
  } catch (error) {
    // Dropping what is not there any more is what was wanted.
    if (!on && (error as { code?: string }).code === 'FAVORITE_NOT_FOUND') return on;
    set(key, !on);
    throw error;
  }
  forgetPersonal();
  return on;
}

/** The favorites as tiles, newest first; those that are not shown any more are left out. */
export async function favoriteTiles(): Promise<Tile[]> {
  const all = await list();
  kept = new Set(all.map((f) => name(f.type, f.source_id)));
  const found = new Map<string, Tile>();
  const take = (items: ListItem[]) => { for (const item of items) { const one = tile(item); found.set(one.key, one); } };
  const tasks: Promise<void>[] = [];
  if (all.some((f) => f.type === 'channel')) tasks.push(channelTiles().then((page) => take(page.results.flatMap((item) => (item.type === 'multichannel' ? item.data.channels.map((data) => ({ type: 'channel' as const, data })) : [item]))), () => {}));
  if (all.some((f) => f.type !== 'channel')) tasks.push(fromRow(take));
  await Promise.all(tasks);
  const slugs = readObject<string>(SLUGS);
  const missing = all.filter((f) => f.type !== 'channel' && !found.has(name(f.type, f.source_id)) && slugs[name(f.type, f.source_id)]);
  await Promise.all(missing.map((f) => byName(f, slugs[name(f.type, f.source_id)]!).then((one) => void found.set(one.key, one), () => {})));
  return all.map((f) => found.get(name(f.type, f.source_id))).filter((one) => one !== undefined);
}

async function fromRow(take: (items: ListItem[]) => void) {
  const row = await browserRows().then((rows) => rows.results.find((r) => r.kind === 'favorites'), () => undefined);
  if (!row) return;
  for (let page: number | null = 1; page; ) {
    const answer: Awaited<ReturnType<typeof rowTiles>> = await rowTiles(row.slug, true, page, ROW_MAX);
    take(answer.results);
    page = answer.page_next;
  }
}

async function byName(favorite: Favorite, slug: string): Promise<Tile> {
  if (favorite.type === 'season') {
    const s = await season(slug);
    const info = { season_id: s.id, season_slug: s.slug, series_id: s.series.id, series_slug: s.series.slug, season_order: s.season_order, total_content_count: 0, dubbing_mode: s.dubbing_mode };
    return tile({ type: 'season', data: { view: { title: s.title, image: s.posters.find((p) => p.orientation === 'landscape') ?? s.poster }, info } });
  }
  const c = await content(slug);
  const info = { content_id: c.id, content_slug: c.slug, duration: c.duration, display_duration: c.display_duration, dubbing_mode: c.dubbing_mode, episode_order: c.episode_order, content_type: c.content_type };
  return tile({ type: 'content', data: { view: { title: c.title, image: c.thumbnail ?? c.poster }, info } });
}
