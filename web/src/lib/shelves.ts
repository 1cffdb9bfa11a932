// The rows of the home page: the categories in their order, then everything by kind, so that titles without a category are found too.
import { categories, categoryContents, contents, seriesList, type ListItem, type Page } from './api';
import { t } from './i18n.svelte';

export interface Shelf { slug: string; title: string; description: string | null; load: (page?: number, size?: number) => Promise<Page<ListItem>> }

/** Slugs that begin with ~ are never a category's. */
const byKind = (): Shelf[] => [
  { slug: '~series', title: t('shelf.series'), description: null, load: (page, page_size = 20) => seriesList({ page, page_size }) },
  { slug: '~films', title: t('shelf.films'), description: null, load: (page, page_size = 20) => contents({ types: 'movie', order: 'newest', page, page_size }) },
  { slug: '~clips', title: t('shelf.clips'), description: null, load: (page, page_size = 20) => contents({ types: 'clip', order: 'newest', page, page_size }) },
];

export async function shelves(): Promise<Shelf[]> {
  const list = await categories();
  return [...list.map((c): Shelf => ({ slug: c.slug, title: c.title, description: c.description, load: (page, size) => categoryContents(c.slug, page, size) })), ...byKind()];
}

export async function shelf(slug: string): Promise<Shelf> {
  const kind = byKind().find((s) => s.slug === slug);
  if (kind) return kind;
  const found = (await shelves()).find((s) => s.slug === slug);
  // A category that is not listed may still answer; let the server say so.
  return found ?? { slug, title: '', description: null, load: (page, size) => categoryContents(slug, page, size) };
}
