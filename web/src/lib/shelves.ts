// The rows of the home page: those of the live group. Without one, the categories in their order, then everything by kind,
// so that titles without a category are found too.
import { categories, categoryContents, contents, enc, seriesList, type ListItem, type Page } from './api';
import { browserRows, rowTiles, type RowHead } from './home';
import { t } from './i18n.svelte';
import { saved } from './progress.svelte';

export interface Shelf {
  slug: string; title: string; description: string | null; href: string; portrait: boolean;
  /** Depends on who asks: shown only once it has something. */
  kind: RowHead['kind'];
  load: (page?: number, size?: number) => Promise<Page<ListItem>>;
}
type Load = Shelf['load'];

const byCategory = (slug: string, title: string, description: string | null, load: Load): Shelf => ({ slug, title, description, href: `/browse/category/${enc(slug)}`, portrait: false, kind: 'curated', load });

/** Slugs that begin with ~ are never a category's. */
const byKind = (): Shelf[] => [
  byCategory('~series', t('shelf.series'), null, (page, page_size = 20) => seriesList({ page, page_size })),
  byCategory('~films', t('shelf.films'), null, (page, page_size = 20) => contents({ types: 'movie', order: 'newest', page, page_size })),
  byCategory('~clips', t('shelf.clips'), null, (page, page_size = 20) => contents({ types: 'clip', order: 'newest', page, page_size })),
];

async function categoryShelves(): Promise<Shelf[]> {
  const list = await categories();
  return [...list.map((c) => byCategory(c.slug, c.title, c.description, (page, size) => categoryContents(c.slug, page, size))), ...byKind()];
}

/** A personal row waits for the progress that is still being saved, else it would show what was. */
function rowShelf(row: RowHead): Shelf {
  const personal = row.kind !== 'curated';
  const load: Load = async (page, size) => {
    if (personal) await saved();
    return rowTiles(row.slug, personal, page, size);
  };
  return { slug: row.slug, title: row.title, description: null, href: row.kind === 'favorites' ? '/favorites' : `/browse/row/${enc(row.slug)}`, portrait: row.image_orientation === 'portrait', kind: row.kind, load };
}

export async function shelves(): Promise<{ shelves: Shelf[]; refreshMs: number }> {
  const rows = await browserRows();
  if (rows.results.length) return { shelves: rows.results.map(rowShelf), refreshMs: rows.refresh_time };
  return { shelves: await categoryShelves(), refreshMs: rows.refresh_time };
}

export async function shelf(slug: string): Promise<Shelf> {
  const kind = byKind().find((s) => s.slug === slug);
  if (kind) return kind;
  const found = (await categoryShelves()).find((s) => s.slug === slug);
  // A category that is not listed may still answer; let the server say so.
  return found ?? byCategory(slug, '', null, (page, size) => categoryContents(slug, page, size));
}

/** A row of the home page by itself. */
export async function row(slug: string): Promise<Shelf> {
  const { results } = await browserRows();
  return rowShelf(results.find((r) => r.slug === slug) ?? { id: 0, slug, title: '', image_orientation: 'landscape', kind: 'curated' });
}
