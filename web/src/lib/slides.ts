// What the billboard shows: the slides of a cover, or titles of the first rows where there is no cover.
import { content, enc, season, series, type ContentInfo, type SeasonInfo, type SeriesInfo, type Tile } from './api';
import type { Cover, CoverItem } from './home';
import { duration } from './format';
import { t } from './i18n.svelte';

type Target = { kind: 'content' | 'season' | 'series' | 'channel' | 'multichannel'; slug: string };

export interface Slide {
  key: string; title: string; href: string; target: Target;
  /** A picture of the title's lettering. */
  lettering?: string;
  image?: string; video?: string; description?: string;
  /** Caption of the button; without one the page has its own. */
  action?: string;
  /** The button starts playing at once. */
  plays: boolean;
}

/** What a slide says beside its cover's own words, and what its button starts. */
export interface Story { synopsis: string; facts: string[]; play?: { slug: string; id: number } }

const HREF: Record<Target['kind'], string> = { content: '/browse/title/', season: '/browse/season/', series: '/browse/series/', channel: '/browse/channel/', multichannel: '/browse/multichannel/' };
const address = (target: Target) => HREF[target.kind] + enc(target.slug);

function targetOf(item: CoverItem): Target | undefined {
  const slugs = { content: item.content_slug, season: item.season_slug, series: item.series_slug, channel: item.channel_slug, multichannel: item.multichannel_slug };
  const slug = slugs[item.type];
  return slug ? { kind: item.type, slug } : undefined;
}

export function slidesOf(cover: Cover): Slide[] {
  return [...cover.items].sort((a, b) => a.order - b.order).flatMap((item) => {
    const target = targetOf(item);
    if (!target) return [];
    const image = item.images.landscape ?? item.images.portrait ?? undefined;
    return [{
      key: `${cover.slug}-${item.order}`, title: item.title, href: address(target), target, image, lettering: item.title_image ?? undefined, video: item.video ?? undefined,
      description: item.description ?? undefined, action: item.call_to_action ?? undefined, plays: item.landing_option === 'play',
    }];
  });
}

export function slideOf(tile: Tile): Slide | undefined {
  const target: Target | undefined =
    tile.kind === 'content' ? { kind: 'content', slug: (tile.info as ContentInfo).content_slug }
    : tile.kind === 'series' ? { kind: 'series', slug: (tile.info as SeriesInfo).series_slug }
    : tile.kind === 'season' ? { kind: 'season', slug: (tile.info as SeasonInfo).season_slug } : undefined;
  return target && { key: tile.key, title: tile.title, href: tile.href, target, image: tile.image, plays: true };
}

export async function story({ kind, slug }: Target): Promise<Story> {
  if (kind === 'channel' || kind === 'multichannel') return { synopsis: '', facts: [t(kind === 'channel' ? 'channel.one' : 'channel.bundle')] };
  if (kind === 'content') {
    const c = await content(slug);
    return { synopsis: c.synopsis, play: { slug: c.slug, id: c.id }, facts: [c.release_year ? String(c.release_year) : '', c.genres?.replaceAll(',', ', ') ?? '', duration(c.duration)].filter(Boolean) };
  }
  const s = await (kind === 'series' ? series(slug) : season(slug));
  return {
    synopsis: s.synopsis, play: s.direct_play_content_slug && s.direct_play_content_id ? { slug: s.direct_play_content_slug, id: s.direct_play_content_id } : undefined,
    facts: [s.release_year ? String(s.release_year) : '', t('title.seasons', { n: s.total_number_of_seasons }), s.tags.map((tag) => tag.title).slice(0, 2).join(', ')].filter(Boolean),
  };
}
