// Rows, covers and channels of the experience API.
import { cached, call, enc, query, type ListItem, type Page } from './api';

export interface RowHead { id: number; title: string; slug: string; image_orientation: 'landscape' | 'portrait'; kind: 'curated' | 'continue_watching' | 'favorites' }
export interface RowHeads { refresh_time: number; results: RowHead[] }
export type ChannelItem = Extract<ListItem, { type: 'channel' | 'multichannel' }>;

export type CoverType = 'home' | 'category' | 'channel' | 'series';
interface CoverHead { id: number; slug: string; rolling_time: number; refresh_time: number; type: CoverType; enabled: boolean }
export interface CoverItem {
  title: string; title_image: string | null; images: { landscape: string | null; portrait: string | null }; type: 'content' | 'season' | 'series' | 'channel' | 'multichannel';
  description: string | null; call_to_action: string | null; video: string | null; order: number; landing_option: 'info' | 'play';
  content_slug?: string; season_slug: string | null; series_slug: string | null; channel_slug: string | null; multichannel_slug: string | null;
}
export interface Cover { id: number; slug: string; rolling_time: number; type: CoverType; enabled: boolean; items: CoverItem[] }

export const liveGroups = () => cached<{ browser: string; channel: string }>('/carousel/group/');
/** The rows of the live group; none when no group is live. */
export const browserRows = () => cached<{ result: RowHeads }>('/carousel/browser/group/').then((inner) => inner.result);
export const rowTiles = (slug: string, personal: boolean, page = 1, size = 20) => cached<Page<ListItem>>(`/carousel/${query({ slug, page, page_size: size })}`, personal);
export const channelRows = () => cached<Omit<RowHead, 'kind'>[]>('/carousel/channel/group/');
export const channelTiles = (slug?: string, page = 1, size = 100) => cached<Page<ChannelItem>>(`/carousel/channel/${query({ slug, page, page_size: size })}`);
export const recommendations = () => cached<ListItem[]>('/recommendation/');
export const search = (q: string, signal: AbortSignal) => call<{ results: ListItem[]; auto_complete: string[] }>(`/search/${query({ q })}`, { signal });

/** The cover of a screen. Of `home` there is one; the others have their page's slug. */
export async function coverOf(type: CoverType, slug?: string): Promise<Cover | undefined> {
  const { results } = await cached<Page<CoverHead>>(`/cover/${query({ page_size: 100 })}`);
  const head = results.find((c) => c.enabled && c.type === type && (type === 'home' || c.slug === slug));
  return head && cached<Cover>(`/cover/${enc(head.slug)}/`);
}
