// What the viewer goes on with, by the rows of the home page.
import { tile, type ContentInfo, type Tile } from './api';
import { browserRows, rowTiles } from './home';
import { isFinished, learn, markOf, saved } from './progress.svelte';

/** The tiles of every row that goes on with something; this browser learns the positions from them. */
export async function continued(): Promise<Tile[]> {
  const { results } = await browserRows();
  await saved();
  const rows = await Promise.all(results.filter((r) => r.kind === 'continue_watching').map((r) => rowTiles(r.slug, true, 1, 100).then((page) => page.results.map(tile), () => [])));
  const tiles = rows.flat();
  learn(tiles);
  return tiles;
}

/** The episode that a series goes on with; undefined when the rows name none. */
export async function continuedIn(seriesId: number): Promise<Tile | undefined> {
  const tiles = await continued();
  return tiles.find((one) => one.kind === 'content' && (one.info as ContentInfo).series_id === seriesId);
}

/** The same from what this browser remembers, for services whose home page has no such row: the last one watched, or the one behind it. */
export function rememberedIn(episodes: Tile[]): Tile | undefined {
  const marks = episodes.map((e) => markOf((e.info as ContentInfo).content_id));
  let last = -1;
  marks.forEach((mark, i) => { if (mark && (last < 0 || mark.when >= marks[last]!.when)) last = i; });
  if (last < 0) return undefined;
  const mark = marks[last]!;
  return isFinished(mark.at, mark.of) ? episodes[last + 1] : episodes[last];
}
