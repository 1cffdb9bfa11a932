// "More like this": what shares the most categories with a title. The contract's recommendations are the same for
// everybody and for every title, so they only fill up what the categories leave empty.
import { categoryContents, tile, type Category, type ListItem, type Tile } from './api';
import { recommendations } from './home';

const CATEGORIES = 4;
const WANTED = 18;
const ENOUGH = 6;

/** Best first; ties keep the order of the lists, in which the newest come first. */
export function rankAlike(lists: Tile[][], not: ReadonlySet<string>): Tile[] {
  const found = new Map<string, { tile: Tile; shared: number; place: number }>();
  for (const list of lists)
    list.forEach((one, place) => {
      if (not.has(one.key)) return;
      const known = found.get(one.key);
      if (known) { known.shared++; known.place = Math.min(known.place, place); } else found.set(one.key, { tile: one, shared: 1, place });
    });
  return [...found.values()].sort((a, b) => b.shared - a.shared || a.place - b.place).map((f) => f.tile);
}

/** `not`: keys of the title's own tiles. Empty rather than failing: the page stands without it. */
export async function alike(of: Category[], not: string[]): Promise<Tile[]> {
  const own = new Set(not);
  const tiles = (items: ListItem[]) => items.map(tile);
  const lists = await Promise.all(of.slice(0, CATEGORIES).map((c) => categoryContents(c.slug, 1, 40).then((page) => tiles(page.results), () => [])));
  const found = rankAlike(lists, own);
  if (found.length < ENOUGH) {
    const popular = await recommendations().then(tiles, () => []);
    for (const one of popular) if (!own.has(one.key) && !found.some((f) => f.key === one.key)) found.push(one);
  }
  return found.slice(0, WANTED);
}
