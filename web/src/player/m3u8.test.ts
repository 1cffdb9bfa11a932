import { expect, it } from 'vitest';
import { attributes, plainLanguage, readMaster, readMedia, readVtt } from './m3u8';

it('reads attribute lists with commas inside quotes', () => {
  expect(attributes('BANDWIDTH=100,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360')).toEqual({ BANDWIDTH: '100', CODECS: 'avc1.64001f,mp4a.40.2', RESOLUTION: '640x360' });
});

it('finds I-frame streams, smallest first, and subtitles', () => {
  const text = `#EXTM3U
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="한국어",LANGUAGE="ko",FORCED=YES,URI="t/ko.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",URI="a.m3u8"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=900,CODECS="avc1.64001f",URI="big.m3u8"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100,CODECS="avc1.64001e",URI="/small.m3u8"
`;
  const master = readMaster(text, 'https://a.example/x/master.m3u8');
  expect(master.iframes.map((i) => i.url)).toEqual(['https://a.example/small.m3u8', 'https://a.example/x/big.m3u8']);
  expect(master.subtitles).toEqual([{ url: 'https://a.example/x/t/ko.m3u8', language: 'ko', name: '한국어', forced: true }]);
});

it('adds up times and byte ranges', () => {
  const text = `#EXTM3U
#EXT-X-MAP:URI="f.mp4",BYTERANGE="700@0"
#EXTINF:2.0,
#EXT-X-BYTERANGE:100@700
f.mp4
#EXTINF:1.5,
#EXT-X-BYTERANGE:50
f.mp4
#EXT-X-ENDLIST`;
  const pieces = readMedia(text, 'https://a.example/i.m3u8');
  expect(pieces.map((p) => [p.start, p.range!.offset, p.range!.length])).toEqual([[0, 700, 100], [2, 800, 50]]);
  expect(pieces[1]!.map).toEqual({ url: 'https://a.example/f.mp4', range: { offset: 0, length: 700 } });
});

it('reads WebVTT with numbers, settings, two lines and a header', () => {
  const text = 'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n1\n00:03.000 --> 00:08.500 line:80%\nHello\nthere\n\nNOTE no cue\n\n01:00:00.000 --> 01:00:01.000\nBye\n';
  expect(readVtt(text)).toEqual([
    { start: 3, end: 8.5, settings: 'line:80%', text: 'Hello\nthere' },
    { start: 3600, end: 3601, settings: '', text: 'Bye' },
  ]);
});

it('makes language tags comparable', () => {
  expect(['eng', 'en-US', 'ko', 'zh-Hans', 'zh-Hant-TW', undefined].map(plainLanguage)).toEqual(['en', 'en', 'ko', 'zh-hans', 'zh-hant', '']);
});
