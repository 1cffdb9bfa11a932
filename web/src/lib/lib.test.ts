import { describe, expect, it } from 'vitest';
import { judge } from './decode';
import { clock } from './format';
import { pickLanguage } from './i18n.svelte';
import { parse } from './routes';
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
