// The experience API as this page uses it: shapes, one fetch, a small cache. Nothing here knows about the screen.
import { deviceId } from './device';
import { ApiError, failure, fetchJson } from './http';
import { authorization, onChange, renewed } from './session.svelte';

export { ApiError, fetchJson };

export interface Badges { top_left: string; top_right: string; bottom_left: string; bottom_right: string }
export interface TileView { title: string; image?: { url: string; orientation: string; language: string }; badges?: Badges }
export interface ContentInfo {
  content_id: number; content_slug: string; season_id?: number; season_slug?: string; series_id?: number; series_slug?: string;
  duration: string | null; display_duration: string | null; dubbing_mode: boolean; episode_order?: number; content_type: string;
}
export interface SeriesInfo { series_id: number; series_slug: string; season_id?: number; season_slug?: string; total_number_of_seasons: number; dubbing_mode: boolean }
export interface SeasonInfo { season_id: number; season_slug: string; series_id: number; series_slug: string; season_order: number; total_content_count: number; dubbing_mode: boolean }
export interface ChannelInfo { channel_id: number; channel_slug: string }
export interface MultichannelInfo { multichannel_id: number; multichannel_slug: string }
export interface Programme { title: string; episode_title: string | null; start_time: string; end_time: string }
export type ListItem =
  | { type: 'content'; data: { view: TileView; info: ContentInfo; last_position?: number } }
  | { type: 'series'; data: { view: TileView; info: SeriesInfo } }
  | { type: 'season'; data: { view: TileView; info: SeasonInfo } }
  | { type: 'channel'; data: { view: TileView; info: ChannelInfo; now_playing?: Programme | null } }
  | { type: 'multichannel'; data: { view: TileView; info: MultichannelInfo; channels: Extract<ListItem, { type: 'channel' }>['data'][] } };
export interface Page<T> { count: number; next: string | null; previous: string | null; page_next: number | null; page_previous: number | null; page_size: number; results: T[] }

export interface Category { id: number; title: string; slug: string; description: string | null; order?: number }
export interface Picture { url: string; orientation: string; language: string; is_representative?: boolean }
export interface Cast { id: number; name: string; name_en: string; slug: string; thumbnail: string }
export interface ContentDetail {
  id: number; title: string; slug: string; thumbnail?: Picture; poster?: Picture; synopsis: string; genres: string | null; duration: string | null;
  display_duration: string | null; season?: { id: number; title: string; slug: string; posters: Picture[] }; categories: Category[]; tags: string[]; casts: Cast[];
  content_type: string; age_rating: string; dubbing_mode: boolean; episode_order?: number; release_year?: number; subtitles: string[]; publish_start?: string | null;
}
export interface SeasonSummary { id: number; title: string; slug: string; is_current_season: boolean; total_content_count: number; season_order: number; short_title: string }
export interface SeasonDetail {
  id: number; title: string; synopsis: string; slug: string; direct_play_content_id?: number; direct_play_content_slug?: string; total_number_of_seasons: number;
  dubbing_mode: boolean; seasons: SeasonSummary[]; posters: Picture[]; poster?: Picture; subtitles: string[]; series: { id: number; title: string; slug: string };
  casts: Cast[]; categories: Category[]; tags: { id: number; title: string; slug: string }[]; types_of_contents: string[]; release_date_start?: string;
  release_date_end: string | null; release_year?: number; season_order: number;
}
export interface CuePoint { timecode: number; type: string; name: string; metadata: string }
export interface NextEpisode { is_last_episode: boolean; title?: string; content_id?: number; content_slug?: string; thumbnail?: string }
export interface Playback {
  id: number; duration: number; cue_points: CuePoint[]; manifests: { type: string; url: string; stream_url: string }[]; is_chromecast_able: boolean;
  ad_tag: string | null; next_episode: NextEpisode;
}
export interface MediaTracks {
  original: { url: string; name: string; size_bytes: number; content_type: string }[];
  video: { codec: string; codec_string: string; width: number; height: number; frame_rate: number; bandwidth: number }[];
  audio: { codec: string; codec_string: string; language: string; channels: number; name: string; transcoded: boolean }[];
  subtitles: { language: string; name: string; forced: boolean }[];
  transcoding_available: boolean;
}
export interface AppConfig { service: string; services: string[]; demo: boolean; version: string; languages: string[] }

const BASE = '/odx/api/v4';
const FRESH_MS = 60_000;

let language = 'en';
let config: Promise<AppConfig> | undefined;
const cache = new Map<string, { at: number; value: Promise<unknown> }>();

export function setApiLanguage(tag: string) {
  language = tag;
}

export function appConfig(): Promise<AppConfig> {
  config ??= (async () => {
    const { response, body } = await fetchJson('/app-config.json', { credentials: 'same-origin', mode: 'cors' });
    if (!response.ok || !body) throw new ApiError(response.status, 'CONFIG', '');
    return body as AppConfig;
  })().catch((error) => {
    config = undefined;
    throw error;
  });
  return config;
}

export interface CallOptions { method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'; body?: unknown; personal?: boolean; keepalive?: boolean; signal?: AbortSignal }

/** Whether the service has asked who we are: what is only for members is asked for with a token from then on. */
let members = false;

/** One call. Of an answer without a body the result is null. `personal` says who asks: whoever is signed in, or this device. */
export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  const { method = 'GET', body: sent, personal = false, keepalive = false, signal } = options;
  const { service } = await appConfig();
  const headers: Record<string, string> = { 'Service-Name': service, 'Accept-Language': language };
  if (personal || members) Object.assign(headers, await authorization(service));
  if (personal) headers.did = deviceId();
  if (sent !== undefined) headers['Content-Type'] = 'application/json';
  const send = () => fetchJson(BASE + path, { method, headers, keepalive, signal, body: sent === undefined ? undefined : JSON.stringify(sent) });
  let { response, body } = await send();
  if (response.status === 401 && (await again(body?.code, service, headers))) ({ response, body } = await send());
  if (!response.ok || (!body?.result && method === 'GET')) throw failure(response, body);
  return (body?.result ?? null) as T;
}

/** Whether a refused call is worth another try, with other headers. */
async function again(code: string, service: string, headers: Record<string, string>): Promise<boolean> {
  if (code === 'TOKEN_EXPIRED' || code === 'TOKEN_INVALID') {
    const renewedNow = await renewed(headers.Authorization);
    delete headers.Authorization;
    if (renewedNow || members) Object.assign(headers, await authorization(service));
    return renewedNow || headers.did !== undefined; // as a device, when nobody is signed in any more
  }
  if (code !== 'AUTHENTICATION_REQUIRED' || headers.Authorization) return false;
  members = true;
  Object.assign(headers, await authorization(service));
  return headers.Authorization !== undefined;
}

onChange(forgetPersonal);

/** Same path and language within a minute: same promise. A failure is forgotten at once, so "try again" really tries. */
export function cached<T>(path: string, personal = false): Promise<T> {
  const key = `${personal ? PERSONAL : ''}${language} ${path}`;
  const hit = cache.get(key);
  if (hit && Date.now() - hit.at < FRESH_MS) return hit.value as Promise<T>;
  const value = call<T>(path, { personal });
  cache.set(key, { at: Date.now(), value });
  value.catch(() => cache.get(key)?.value === value && cache.delete(key));
  return value;
}
const PERSONAL = '@';

/** After a viewing or a change of favorites: what depends on who asks is asked again. */
export function forgetPersonal() {
  for (const key of cache.keys()) if (key.startsWith(PERSONAL)) cache.delete(key);
}

/** When the operator's `refresh_time` is over: everything below a path is asked again. */
export function forget(path: string) {
  for (const key of cache.keys()) if (key.includes(` ${path}`)) cache.delete(key);
}

export function query(params: Record<string, string | number | undefined>): string {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== '') q.set(name, String(value));
  const text = q.toString();
  return text ? `?${text}` : '';
}
export const enc = encodeURIComponent;

export const categories = () => cached<{ results: Category[] }>('/category/').then((r) => r.results);
export const categoryContents = (slug: string, page = 1, size = 20) => cached<Page<ListItem>>(`/category/${enc(slug)}/contents/${query({ page, page_size: size })}`);
export const contents = (params: { search?: string; season_slug?: string; types?: string; order?: string; page?: number; page_size?: number }) =>
  cached<Page<ListItem>>(`/content/${query(params)}`);
export const seriesList = (params: { search?: string; page_size?: number; page?: number }) => cached<Page<ListItem>>(`/series/${query(params)}`);
export const seasonList = (params: { search?: string; page_size?: number }) => cached<Page<ListItem>>(`/season/${query(params)}`);
export const content = (slug: string) => cached<ContentDetail>(`/content/${enc(slug)}/`);
export const series = (slug: string) => cached<SeasonDetail>(`/series/${enc(slug)}/`);
export const season = (slug: string) => cached<SeasonDetail>(`/season/${enc(slug)}/`);
export const playback = (id: number) => cached<Playback>(`/playback/${id}/`);
export const mediaTracks = (id: number) => cached<MediaTracks>(`/playback/${id}/media/`);
export const forgetPlayback = (id: number) => cache.delete(`${language} /playback/${id}/`);

export function hlsAddress(p: Playback): string | undefined {
  return p.manifests.find((m) => m.type === 'hls')?.url;
}

export interface Tile { key: string; href: string; title: string; image?: string; badges?: Badges; kind: ListItem['type']; info: ListItem['data']['info']; lastPosition?: number; now?: Programme | null }

export function tile(item: ListItem): Tile {
  const { view } = item.data;
  const base = { title: view.title, image: view.image?.url, badges: view.badges, kind: item.type, info: item.data.info };
  switch (item.type) {
    case 'series': return { ...base, key: `series-${item.data.info.series_id}`, href: `/browse/series/${enc(item.data.info.series_slug)}` };
    case 'season': return { ...base, key: `season-${item.data.info.season_id}`, href: `/browse/season/${enc(item.data.info.season_slug)}` };
    case 'channel': return { ...base, key: `channel-${item.data.info.channel_id}`, href: `/browse/channel/${enc(item.data.info.channel_slug)}`, now: item.data.now_playing };
    case 'multichannel': return { ...base, key: `multichannel-${item.data.info.multichannel_id}`, href: `/browse/multichannel/${enc(item.data.info.multichannel_slug)}` };
    default: return { ...base, key: `content-${item.data.info.content_id}`, href: `/browse/title/${enc(item.data.info.content_slug)}`, lastPosition: item.data.last_position };
  }
}
