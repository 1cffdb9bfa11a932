import { describe, expect, it } from 'vitest';
import { rankAlike } from './alike';
import { tile, type Tile } from './api';
import { sized, stage, widths } from './art';
import { rememberedIn } from './continued';
import { judge } from './decode';
import { clock } from './format';
import { pickLanguage } from './i18n.svelte';
import { isFinished, learn, resumeAt, watched } from './progress.svelte';
import { parse } from './routes';
import { grouped } from './search';
import { slidesOf } from './slides';
import { distance } from './spatial';

const files = import.meta.glob<Record<string, string>>('../i18n/*.json', { eager: true, import: 'default' });

describe('words', () => {
  const english = files['../i18n/en.json']!;
  const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();
  it.each(Object.keys(files))('%s has every key, no empty text, and the same holes', (name) => {
    expect(Object.keys(files[name]!).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(files[name]!)) {
      expect(text.trim(), key).not.toBe('');
      expect(holes(text), `${name} ${key}`).toEqual(holes(english[key]!));
    }
  });
  it('picks the language a browser asks for', () => {
    expect(pickLanguage(['ko-KR', 'en'])).toBe('ko');
    expect(pickLanguage(['zh-TW'])).toBe('zh-hant');
    expect(pickLanguage(['zh-HK', 'en'])).toBe('zh-hant');
    expect(pickLanguage(['zh'])).toBe('zh-hans');
    expect(pickLanguage(['de', 'pt-BR'])).toBe('pt');
    expect(pickLanguage(['de'])).toBe('en');
    expect(pickLanguage([])).toBe('en');
  });
});

describe('addresses', () => {
  it('knows the pages', () => {
    expect(parse('/')).toEqual({ name: 'home' });
    expect(parse('/browse/series/a-b')).toEqual({ name: 'series', slug: 'a-b' });
    expect(parse('/watch/%ED%95%9C')).toEqual({ name: 'watch', slug: '한' });
    expect(parse('/find')).toEqual({ name: 'find' });
  });
  it('is lost elsewhere, and survives broken escapes', () => {
    expect(parse('/docs').name).toBe('lost');
    expect(parse('/browse/people/x').name).toBe('lost');
    expect(parse('/watch').name).toBe('lost');
    expect(parse('/watch/%E0%A4%A')).toEqual({ name: 'watch', slug: '%E0%A4%A' });
  });
});

describe('arrow keys', () => {
  const box = (left: number, top: number, w = 100, h = 50) => ({ left, top, right: left + w, bottom: top + h });
  it('goes to the neighbour in that direction only', () => {
    const from = box(200, 200);
    expect(distance(from, box(320, 200), 'right')).toBeLessThan(distance(from, box(440, 200), 'right')!);
    expect(distance(from, box(80, 200), 'right')).toBeUndefined();
    expect(distance(from, box(320, 400), 'right')).toBeUndefined();
    expect(distance(from, box(210, 300), 'down')).toBeLessThan(distance(from, box(700, 300), 'down')!);
    expect(distance(from, box(200, 100), 'down')).toBeUndefined();
  });
});

describe('decoding', () => {
  const h264 = { codec: 'H.264', codec_string: 'avc1.64001f' }, ac3 = { codec: 'AC-3', codec_string: 'ac-3' }, aac = { codec: 'AAC', codec_string: 'mp4a.40.2' };
  const can = (_: string, codecs: string) => codecs !== 'ac-3';
  const tracks = (...audio: { codec: string; codec_string: string; transcoded?: boolean }[]) => ({ video: [h264], audio }) as unknown as Parameters<typeof judge>[0];
  it('says what is missing', () => {
    expect(judge(tracks(aac), can)).toMatchObject({ video: 'all', audio: 'all', missingAudio: [] });
    expect(judge(tracks(ac3), can)).toMatchObject({ audio: 'none', missingAudio: ['AC-3'] });
    expect(judge(tracks(aac, ac3, ac3), can)).toMatchObject({ audio: 'some', missingAudio: ['AC-3'] });
    expect(judge(tracks(), can).audio).toBe('all');
    expect(judge(tracks({ ...ac3, transcoded: true }, aac), can)).toMatchObject({ audio: 'all', missingAudio: [] });
  });
});

it('writes clock times', () => {
  expect([0, 9, 75, 3725, NaN, -4].map(clock)).toEqual(['0:00', '0:09', '1:15', '1:02:05', '0:00', '0:00']);
});

describe('addresses of the app', () => {
  it('has one for everything', () => {
    expect(parse('/favorites')).toEqual({ name: 'favorites' });
    expect(parse('/browse/channels')).toEqual({ name: 'channels' });
    expect(parse('/browse/channel/a')).toEqual({ name: 'channel', slug: 'a' });
    expect(parse('/browse/multichannel/a')).toEqual({ name: 'multichannel', slug: 'a' });
    expect(parse('/browse/row/a')).toEqual({ name: 'row', slug: 'a' });
    expect(parse('/favorites/x').name).toBe('lost');
    expect(parse('/browse/channels/x').name).toBe('lost');
  });
});

describe('progress', () => {
  const content = (id: number, seconds: string, last_position?: number) =>
    tile({ type: 'content', data: { view: { title: '' }, info: { content_id: id, content_slug: `c${id}`, duration: seconds, display_duration: null, dubbing_mode: false, content_type: 'movie' }, last_position } });
  it('is learnt from the server and resumed where it makes sense', () => {
    learn([content(1, '100', 40), content(2, '100', 96), content(3, '100', 1), content(4, '100')]);
    expect([1, 2, 3, 4].map(resumeAt)).toEqual([40, 0, 0, 0]);
    expect([content(1, '100'), content(2, '100'), content(4, '100', 50)].map(watched)).toEqual([0.4, 0.96, 0.5]);
    expect([isFinished(95, 100), isFinished(94, 100), isFinished(10, 0)]).toEqual([true, false, false]);
  });
  it('goes on with the last episode, or behind a finished one', () => {
    const episodes = [content(11, '100'), content(12, '100'), content(13, '100')];
    expect(rememberedIn(episodes)).toBeUndefined();
    learn([content(11, '100', 99)]);
    expect(rememberedIn(episodes)?.key).toBe('content-12');
    learn([content(12, '100', 30)]);
    expect(rememberedIn(episodes)?.key).toBe('content-12');
  });
});

describe('lists', () => {
  const series = (id: number): Tile => tile({ type: 'series', data: { view: { title: '' }, info: { series_id: id, series_slug: `s${id}`, total_number_of_seasons: 1, dubbing_mode: false } } });
  const channel = (id: number): Tile => tile({ type: 'channel', data: { view: { title: '' }, info: { channel_id: id, channel_slug: `h${id}` }, now_playing: null } });
  it('puts what shares the most first, without the title itself', () => {
    const found = rankAlike([[series(1), series(2), series(3)], [series(3), series(9)], [series(3), series(2)]], new Set(['series-9']));
    expect(found.map((one) => one.key)).toEqual(['series-3', 'series-2', 'series-1']);
  });
  it('groups hits by kind, the kind of the best one first', () => {
    expect(grouped([channel(1), series(1), channel(2)]).map((g) => [g.kind, g.tiles.length])).toEqual([['channel', 2], ['series', 1]]);
  });
  it('orders the slides of a cover and leaves out what opens nothing', () => {
    const item = (order: number, type: 'season' | 'channel', slug: string | null) => ({
      title: `${order}`, title_image: null, images: { landscape: null, portrait: 'p.webp' }, type, description: null, call_to_action: null, video: null, order, landing_option: 'play' as const,
      season_slug: type === 'season' ? slug : null, series_slug: null, channel_slug: type === 'channel' ? slug : null, multichannel_slug: null,
    });
    const slides = slidesOf({ id: 1, slug: 'home', rolling_time: 1, type: 'home', enabled: true, items: [item(2, 'channel', 'x'), item(1, 'season', 'y'), item(3, 'season', null)] });
    expect(slides.map((s) => [s.href, s.image, s.plays])).toEqual([['/browse/season/y', 'p.webp', true], ['/browse/channel/x', 'p.webp', true]]);
  });
});

describe('pictures', () => {
  it('are asked for in fixed widths, and only ours', () => {
    expect(sized('http://x/art/ab.png', 320)).toBe('http://x/art/ab.png/320');
    expect(widths('/art/ab.png', 160, 320)).toBe('/art/ab.png/160 160w, /art/ab.png/320 320w');
    expect(sized('http://x/art/m/pass/ab.png', 320)).toBe('http://x/art/m/pass/ab.png/320');
    for (const foreign of ['https://elsewhere/a.png', '/art/', '/art/a/b.png', '/art/m/pass/a/b.png']) {
      expect(sized(foreign, 320)).toBe(foreign);
      expect(widths(foreign, 320)).toBeUndefined();
      expect(stage(foreign)).toEqual({ src: foreign });
    }
  });
});
