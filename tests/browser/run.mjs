// Browser tests: a real Chromium against a running Marquee that serves the demo.
//   MARQUEE_URL=http://127.0.0.1:8080 MARQUEE_CHROMIUM=/usr/bin/chromium node run.mjs [part of a test's name ...]
// MARQUEE_OPERATOR_TOKEN and MARQUEE_FOLDER add the set-up page's way of bringing a folder in, and what is in it: `Surround Sound (2021)`
// with AC-3 alone, `Modern Picture (2022)` in HEVC. MARQUEE_PLAIN_URL is a server like the first without ffmpeg. MARQUEE_DATA
// is the data folder of the first, MARQUEE_SECOND_FACTOR a program that puts a second factor in force there (an example of the crate
// `identity`). story.mjs says which server it
// wants. What this machine lacks is skipped; with MARQUEE_TEST_TOOLS=required it fails.
// Prints one line per test, the measured figures, and "N passed, N failed".
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const base = (process.env.MARQUEE_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '');
const only = process.argv.slice(2);
const shots = join(here, 'shots');
mkdirSync(shots, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const BUDGET = { scriptKb: 150, lcpMs: 1500, firstFrameMs: 700 };
const SIZES = { phone: [390, 844], desktop: [1440, 900], tv: [1920, 1080] };
// Titles of the demo: two sound languages and subtitles; plain; Matroska.
const DEMO = { series: 'harbor-lights', title: 'harbor-lights-s1e1', movie: 'the-tenth-planet', mkv: 'five-folds', category: 'films', row: 'picks' };

function findChromium() {
  if (process.env.MARQUEE_CHROMIUM) return process.env.MARQUEE_CHROMIUM;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'chrome']) {
    try { return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(); } catch { /* next */ }
  }
  throw new Error('no Chromium found: set MARQUEE_CHROMIUM');
}

const launch = (executablePath) => chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required', '--mute-audio', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const browser = await launch(findChromium());

const tests = [];
const test = (name, run) => tests.push({ name, run });
const figures = [];
const note = (text) => figures.push(text);
function check(condition, message) {
  if (!condition) throw new Error(message);
}
class Skipped extends Error {}
/** Ends a test that this machine cannot run. */
function skip(why) {
  throw process.env.MARQUEE_TEST_TOOLS === 'required' ? new Error(why) : new Skipped(why);
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(what, probe, ms = 10_000) {
  const end = Date.now() + ms;
  let last;
  for (;;) {
    last = await probe();
    if (last) return last;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await sleep(50);
  }
}

/** A page in a context of its own that fails the test on script errors, and on anything fetched from elsewhere. */
async function withPage(options, run) {
  const { size = SIZES.desktop, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: size[0], height: size[1] }, locale: 'en-US', ...rest });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== new URL(base).origin) faults.push(`foreign address: ${url.origin}`);
  });
  try {
    await run(page, context);
    check(faults.length === 0, faults.join('; '));
  } catch (error) {
    await page.screenshot({ path: join(shots, `failed-${Date.now()}.png`) }).catch(() => {});
    throw error;
  } finally {
    await context.close();
  }
}

const open = (page, path) => page.goto(base + path, { waitUntil: 'domcontentloaded' });
const state = (page) => page.evaluate(() => {
  const video = document.querySelector('video');
  const root = document.querySelector('.player');
  if (!video || !root) return null;
  return { time: video.currentTime, duration: video.duration, paused: video.paused, ready: video.readyState, width: video.videoWidth, error: video.error?.message ?? null, engine: root.dataset.engine, dropped: video.getVideoPlaybackQuality().droppedVideoFrames, total: video.getVideoPlaybackQuality().totalVideoFrames,
    trouble: document.querySelector('.trouble')?.textContent?.trim() ?? null };
});
async function playsPast(page, seconds, ms = 20_000) {
  return until(`playing past ${seconds} s`, async () => {
    const s = await state(page);
    if (s?.trouble) throw new Error(`player says: ${s.trouble}`);
    return s && s.time >= seconds && s;
  }, ms);
}
/** Keys go to the player, with its controls shown. */
async function menu(page, which, option) {
  await page.mouse.move(400 + Math.random() * 50, 300);
  await page.click(`[data-menu="${which}"]`);
  if (option) {
    await page.click(`.menu [data-option="${option}"]`);
    await page.click('.menu .close');
  }
}

// ---- pages ----

test('home shows rows with artwork', () => withPage({}, async (page) => {
  await open(page, '/');
  await page.waitForSelector('.row .tile img');
  await until('artwork decoded', () => page.evaluate(() => [...document.querySelectorAll('.row:first-of-type .tile img, .screen img')].filter((i) => i.getBoundingClientRect().top < innerHeight && i.getBoundingClientRect().left < innerWidth).every((i) => i.complete && i.naturalWidth > 0)));
  const rows = await page.locator('.row').count();
  check(rows >= 8, `${rows} rows`);
  await page.evaluate(async () => { for (let y = 0; y < document.body.scrollHeight; y += 500) { scrollTo(0, y); await new Promise((r) => setTimeout(r, 120)); } });
  await until('every row filled', () => page.evaluate(() => [...document.querySelectorAll('.row')].every((r) => r.querySelectorAll('.tile').length >= 3)));
  await until('every visible picture loaded', () => page.evaluate(() => [...document.querySelectorAll('.tile .blank')].length === 0));
}));

test('a series opens, its seasons switch, an episode opens', () => withPage({}, async (page) => {
  await open(page, '/');
  await page.click(`.row a[href="/browse/series/${DEMO.series}"]`);
  await page.waitForSelector('.episode');
  check(new URL(page.url()).pathname === `/browse/series/${DEMO.series}`, page.url());
  const first = await page.locator('.episode').count();
  check(first === 8, `${first} episodes in the first season`);
  await page.click('.seasons a:nth-child(2)');
  await until('second season', async () => (await page.locator('.episode').count()) === 6);
  await page.click('.episode >> nth=2');
  await page.waitForSelector('.title-page h1');
  check((await page.locator('.title-page h1').textContent()).length > 2, 'no title');
  await page.goBack();
  await page.waitForSelector('.episode');
}));

test('a category pages, search finds in several languages, unknown addresses say so', () => withPage({}, async (page) => {
  await open(page, `/browse/category/${DEMO.category}`);
  await until('tiles', async () => (await page.locator('.grid .tile').count()) >= 10);
  await open(page, '/find');
  await page.fill('input[type=search]', 'harbor');
  await until('results', async () => (await page.locator('.grid .tile').count()) >= 2);
  check(page.url().endsWith('/find?q=harbor'), page.url());
  await page.fill('input[type=search]', '항구');
  await until('Korean results', async () => page.url().includes('%ED%95%AD') && (await page.locator('.grid .tile').count()) >= 1);
  await page.fill('input[type=search]', 'zzzzqq');
  await page.waitForSelector('.none');
  for (const path of ['/nowhere', '/browse/title/no-such-title', '/watch/no-such-title']) {
    await open(page, path);
    await page.waitForSelector('[role=alert]');
  }
}));

test('errors are told apart and can be tried again', () => withPage({}, async (page) => {
  const fail = (status, code) => page.route('**/odx/api/v4/**', (route) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify({ code, title: code, messages: { __default: { title: code } }, result: null }) }));
  const heading = async () => (await page.waitForSelector('[role=alert] h1'), page.locator('[role=alert] h1').textContent());
  const seen = new Set();
  for (const [status, code] of [[403, 'REGION_BLOCK'], [401, 'AUTHENTICATION_REQUIRED'], [503, 'SERVICE_UNAVAILABLE']]) {
    await fail(status, code);
    await open(page, '/');
    seen.add(await heading());
    await page.unroute('**/odx/api/v4/**');
  }
  await page.click('[role=alert] button');
  await page.waitForSelector('.row .tile');
  await page.route('**/odx/api/v4/**', (route) => route.abort());
  await open(page, '/');
  seen.add(await heading());
  check(seen.size === 4, `headings: ${[...seen].join(' / ')}`);
}));

test('six languages render', () => withPage({}, async (page) => {
  const titles = new Set();
  for (const [i, lang] of ['ko', 'en', 'es', 'zh-Hans', 'zh-Hant', 'pt'].entries()) {
    await open(page, `/browse/series/${DEMO.series}`);
    await page.waitForSelector('.show h1');
    await page.click('[data-key=language]');
    await page.click(`.language ul li:nth-child(${i + 1}) button`);
    await until(`html lang ${lang}`, () => page.evaluate((l) => document.documentElement.lang === l, lang));
    await page.waitForSelector('.show h1');
    titles.add(`${await page.locator('.show h1').textContent()} | ${await page.locator('.actions .play').textContent()}`);
    check(!/\b(player|title|action|nav)\.[a-z]/i.test(await page.locator('body').innerText()), 'an untranslated key is on the page');
  }
  check(titles.size === 6, `different titles: ${[...titles].join(' / ')}`);
  await page.reload();
  check(await page.evaluate(() => document.documentElement.lang) === 'pt', 'the choice is not remembered');
}));

test('the first visit follows the browser', () => withPage({ locale: 'ko-KR' }, async (page) => {
  await open(page, '/');
  await page.waitForSelector('.row .tile');
  check(await page.evaluate(() => document.documentElement.lang) === 'ko', 'not Korean');
}));

test('the set-up page refuses a wrong token', () => withPage({}, async (page) => {
  await open(page, '/setup');
  await page.fill('#token', 'mqo_wrong');
  await page.click('form .primary');
  await page.waitForSelector('form [role=alert]');
}));

const folder = process.env.MARQUEE_OPERATOR_TOKEN && process.env.MARQUEE_FOLDER;
if (folder) test('the set-up page takes the token from the link and adds a folder', () => withPage({}, async (page) => {
  await open(page, `/setup#token=${process.env.MARQUEE_OPERATOR_TOKEN}`);
  await page.waitForSelector('#path');
  check(!page.url().includes('token'), 'the token stays in the address bar');
  await page.fill('#path', folder);
  await page.click('form .primary');
  await page.waitForSelector('.job a.button', { timeout: 60_000 });
  const counts = (await page.locator('.job p').allTextContents()).join(' ').match(/(\d+) added, (\d+) updated, (\d+) unchanged/);
  check(counts && Number(counts[1]) + Number(counts[2]) + Number(counts[3]) > 0, 'nothing was found in the folder');
  check((await page.locator('.list').first().textContent()).includes(folder), 'the folder is not listed');
}));

// ---- playing ----

test('plays through hls.js: ten seconds, a seek, another sound, subtitles', () => withPage({}, async (page) => {
  await open(page, `/browse/title/${DEMO.title}`);
  await page.click('.play');
  const s = await playsPast(page, 10);
  check(s.engine === 'hls.js', `engine ${s.engine}`);
  check(s.width > 0, 'no picture');
  note(`hls.js: ${s.dropped} of ${s.total} frames dropped in the first 10 s`);

  const box = await page.locator('.seek').boundingBox();
  await page.mouse.move(box.x + 5, box.y - 200);
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
  await until('a preview picture', () => page.evaluate(() => document.querySelector('.tip canvas')?.classList.contains('drawn')), 20_000);
  await page.mouse.click(box.x + box.width * 0.5, box.y + box.height / 2);
  const middle = s.duration / 2;
  await until('the seek lands', async () => { const n = await state(page); return Math.abs(n.time - middle) < 3 && n.ready >= 3 && n; });
  await playsPast(page, middle + 1.5);

  await menu(page, 'tracks');
  const sounds = await page.locator('.menu [data-option^=audio-]').count();
  const texts = await page.locator('.menu [data-option^=sub-]').count();
  check(sounds >= 2, `${sounds} sound tracks`);
  check(texts >= 3, `${texts - 1} subtitle tracks`);
  const other = await page.locator('.menu [data-option^=audio-][aria-checked=false]').first().getAttribute('data-option');
  await page.click(`.menu [data-option="${other}"]`);
  await until('sound switched', async () => (await page.locator(`.menu [data-option="${other}"]`).getAttribute('aria-checked')) === 'true');
  const sub = await page.locator('.menu [data-option^=sub-][lang=ko]').first().getAttribute('data-option');
  await page.click(`.menu [data-option="${sub}"]`);
  await page.click('.menu .close');
  const before = (await state(page)).time;
  await playsPast(page, before + 1.5);
  await page.keyboard.press('0');
  await until('a Korean cue on screen', () => page.evaluate(() => [...document.querySelector('video').textTracks].some((t) => t.mode === 'showing' && [...(t.activeCues ?? [])].some((c) => /[가-힣]/.test(c.text)))), 12_000);
}));

test('plays through native HLS with a seek', () => withPage({}, async (page) => {
  await open(page, `/watch/${DEMO.movie}?native=1`);
  const s = await playsPast(page, 3);
  check(s.engine === 'native', `engine ${s.engine}`);
  await page.keyboard.press('5');
  await until('the seek lands', async () => { const n = await state(page); return n.time > s.duration / 2 - 2 && n.ready >= 3 && n; });
  await playsPast(page, s.duration / 2 + 2);
  await page.keyboard.press('j');
  await until('ten seconds back', async () => (await state(page)).time < s.duration / 2 - 4);
}));

test('plays the Matroska title with embedded subtitles', () => withPage({}, async (page) => {
  await open(page, `/watch/${DEMO.mkv}`);
  await playsPast(page, 3);
  await menu(page, 'tracks');
  check((await page.locator('.menu [data-option^=audio-]').count()) >= 2, 'fewer than two sound tracks');
  await page.click('.menu [data-option^=sub-][lang=es]');
  await until('a Spanish cue', () => page.evaluate(() => [...document.querySelector('video').textTracks].some((t) => t.mode === 'showing' && (t.activeCues?.length ?? 0) > 0)), 12_000);
}));

/** Finds a title of the added folder, on a server that may be another one. */
async function find(page, words, server = base) {
  await page.goto(`${server}/find?q=${encodeURIComponent(words)}`, { waitUntil: 'domcontentloaded' });
  await until(words, async () => (await page.locator('.grid .tile').count()) >= 1, 60_000);
  await page.click('.grid .tile a, a.tile');
  await page.waitForSelector('.title-page h1');
}
const heard = (page) => page.evaluate(() => document.querySelector('video').webkitAudioDecodedByteCount);

if (folder) test('sound that the browser lacks is made by the server', () => withPage({}, async (page) => {
  await find(page, 'Surround Sound');
  await sleep(500);
  check(await page.locator('aside h2').count() === 0, 'the page warns although the sound is made');
  await page.click('.play');
  const s = await playsPast(page, 8);
  check(s.engine === 'hls.js' && s.width > 0, JSON.stringify(s));
  const before = await heard(page);
  check(before > 0, 'nothing is heard');
  const box = await page.locator('.seek').boundingBox();
  await page.mouse.click(box.x + box.width * 0.7, box.y + box.height / 2);
  await playsPast(page, 15);
  check(await heard(page) > before, 'nothing is heard after the seek');
}));

if (folder) test('a picture that the browser lacks is said, with the original to take', () => withPage({}, async (page) => {
  await find(page, 'Modern Picture');
  await page.waitForSelector('aside h2');
  check((await page.locator('aside').textContent()).includes('HEVC'), await page.locator('aside').textContent());
  const href = await page.locator('aside a[download]').getAttribute('href');
  const original = await page.request.get(new URL(href, base).href, { headers: { range: 'bytes=0-15' } });
  check(original.status() === 206 && (await original.body()).includes('ftyp'), `${original.status()}`);
  await page.screenshot({ path: join(shots, 'decode-title.png') });
  await page.click('.play');
  await page.waitForSelector('.trouble, [role=alert]');
  check((await page.locator('[role=alert]').textContent()).includes('HEVC'), 'the player does not say why');
  await page.screenshot({ path: join(shots, 'decode-player.png') });
}));

if (folder && process.env.MARQUEE_PLAIN_URL) test('without ffmpeg the missing sound is said', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
  try {
    const page = await context.newPage();
    await find(page, 'Surround Sound', process.env.MARQUEE_PLAIN_URL);
    await page.waitForSelector('aside h2');
    check((await page.locator('aside').textContent()).includes('AC-3'), await page.locator('aside').textContent());
    await page.click('.play');
    await page.waitForSelector('[role=alert]');
    check((await page.locator('[role=alert]').textContent()).includes('AC-3'), 'the player does not say why');
    await page.screenshot({ path: join(shots, 'decode-sound.png') });
  } finally {
    await context.close();
  }
});

test('quality, speed and the next episode', () => withPage({}, async (page) => {
  await open(page, `/watch/${DEMO.title}`);
  await playsPast(page, 1);
  await menu(page, 'settings');
  const levels = await page.locator('.menu [data-option^=q-]').count();
  check(levels >= 3, `${levels} quality choices`);
  await page.click('.menu [data-option^=q-] >> nth=1');
  await page.click('.menu [data-option="s-1.5"]');
  await page.click('.menu .close');
  check(await page.evaluate(() => document.querySelector('video').playbackRate) === 1.5, 'speed did not change');
  await until('the best quality on screen', () => page.evaluate(() => document.querySelector('video').videoHeight >= 540), 15_000);
  const { duration } = await state(page);
  await page.evaluate((t) => { document.querySelector('video').currentTime = t; }, duration - 6);
  await page.waitForSelector('.upnext');
  await page.click('.upnext .primary');
  await until('the next episode', () => page.url().includes('/watch/') && !page.url().endsWith(DEMO.title));
  await playsPast(page, 1);
}));

test('player keys', () => withPage({}, async (page) => {
  await open(page, `/watch/${DEMO.movie}`);
  await playsPast(page, 1);
  const key = async (k, what, probe) => { await page.keyboard.press(k); await until(`${k}: ${what}`, probe, 4000); };
  await key('k', 'pauses', async () => (await state(page)).paused);
  await key('k', 'plays', async () => !(await state(page)).paused);
  await key(' ', 'pauses', async () => (await state(page)).paused);
  await key(' ', 'plays', async () => !(await state(page)).paused);
  await key('3', 'goes to 30 %', async () => { const s = await state(page); return Math.abs(s.time - s.duration * 0.3) < 4; });
  const at = (await state(page)).time;
  await key('l', 'ten on', async () => (await state(page)).time > at + 8);
  await key('ArrowLeft', 'ten back', async () => (await state(page)).time < at + 6);
  await key('m', 'mutes', () => page.evaluate(() => document.querySelector('video').muted));
  await key('>', 'faster', () => page.evaluate(() => document.querySelector('video').playbackRate === 1.25));
  await key('<', 'slower', () => page.evaluate(() => document.querySelector('video').playbackRate === 1));
  await key('c', 'subtitles on', () => page.evaluate(() => [...document.querySelector('video').textTracks].some((t) => t.mode === 'showing')));
  await key('c', 'subtitles off', () => page.evaluate(() => ![...document.querySelector('video').textTracks].some((t) => t.mode === 'showing')));
  await key('f', 'full screen', () => page.evaluate(() => !!document.fullscreenElement));
  await key('f', 'window', () => page.evaluate(() => !document.fullscreenElement));
  await key('Escape', 'leaves', () => page.url().includes('/browse/title/'));
}));

test('remote control only: home to playing and back', () => withPage({ size: SIZES.tv }, async (page) => {
  await open(page, '/?tv');
  await until('focus on play', () => page.evaluate(() => document.activeElement?.dataset.key === 'hero-play'));
  const press = async (k) => { await page.keyboard.press(k); await sleep(250); };
  const where = () => page.evaluate(() => document.activeElement?.closest('[data-row]')?.getAttribute('data-row') ?? '');
  for (let i = 0; i < 6 && (await where()) !== DEMO.row; i++) await press('ArrowDown');
  check((await where()) === DEMO.row, `focus in row ${await where()}`);
  let href = '';
  for (let i = 0; i < 8 && !href?.startsWith('/browse/title/'); i++) {
    await press('ArrowRight');
    href = await page.evaluate(() => document.activeElement.getAttribute('href'));
  }
  check(/^\/browse\/title\//.test(href ?? ''), `focus on ${href}`);
  await until('the focused tile fully on screen', () => page.evaluate(() => { const b = document.activeElement.getBoundingClientRect(); return b.left >= 0 && b.right <= innerWidth && b.top >= 0 && b.bottom <= innerHeight; }));
  await press('Enter');
  await until('focus on play', () => page.evaluate(() => document.activeElement?.dataset.key === 'play'));
  await press('Enter');
  await playsPast(page, 1);
  const before = (await state(page)).time;
  await press('ArrowRight');
  await until('skipped', async () => (await state(page)).time > before + 8);
  await sleep(3600); // controls gone
  await press('ArrowDown');
  check(await page.evaluate(() => document.activeElement?.dataset.key) === 'toggle', 'down does not reach the controls');
  await press('Enter');
  await until('paused', async () => (await state(page)).paused);
  await press('ArrowRight');
  for (let i = 0; i < 8 && (await page.evaluate(() => document.activeElement?.dataset.menu)) !== 'tracks'; i++) await press('ArrowRight');
  await press('Enter');
  await page.waitForSelector('.menu');
  await press('ArrowDown');
  check(await page.evaluate(() => !!document.activeElement?.closest('.menu')), 'focus left the menu');
  await press('Escape');
  check((await page.locator('.menu').count()) === 0, 'the menu stayed');
  await press('Escape');
  await until('title page', () => page.evaluate(() => document.activeElement?.dataset.key === 'play'));
  await press('Escape');
  await until('home, on the same tile', () => page.evaluate((h) => document.activeElement?.getAttribute('href') === h, href));
}));

test(`click to first frame, p95 of 20 under ${BUDGET.firstFrameMs} ms`, async () => {
  const times = [];
  for (let i = 0; i < 20; i++) {
    await withPage({}, async (page) => {
      await open(page, `/browse/title/${DEMO.title}`);
      await page.waitForSelector('.play');
      await page.hover('.play');
      await sleep(350);
      await page.evaluate(() => {
        addEventListener('pointerup', () => {
          const start = performance.now();
          const look = () => {
            const video = document.querySelector('video');
            if (!video) return setTimeout(look, 4);
            video.requestVideoFrameCallback((now) => { window.firstFrame = performance.now() - start; });
          };
          look();
        }, { capture: true, once: true });
      });
      await page.mouse.down();
      await page.mouse.up();
      times.push(await until('first frame', () => page.evaluate(() => window.firstFrame), 8000));
    });
  }
  times.sort((a, b) => a - b);
  const p = (q) => Math.round(times[Math.min(times.length - 1, Math.ceil(times.length * q) - 1)]);
  note(`click to first frame: p50 ${p(0.5)} ms, p95 ${p(0.95)} ms, worst ${p(1)} ms (20 runs, fresh browser context each)`);
  check(p(0.95) < BUDGET.firstFrameMs, `p95 ${p(0.95)} ms`);
});

// ---- budgets ----

test(`script before first paint under ${BUDGET.scriptKb} kB compressed`, () => withPage({}, async (page) => {
  const scripts = [];
  page.on('response', (r) => { if (r.request().resourceType() === 'script') scripts.push(r.body().then((b) => ({ url: r.url(), size: gzipSync(b).length }), () => null)); });
  await open(page, '/');
  await page.waitForSelector('.row .tile img');
  const loaded = (await Promise.all(scripts)).filter(Boolean);
  const kb = loaded.reduce((n, s) => n + s.size, 0) / 1000;
  note(`script on home: ${kb.toFixed(1)} kB gzip in ${loaded.length} file(s)`);
  check(kb < BUDGET.scriptKb, `${kb} kB`);
  check(!loaded.some((s) => /hls/.test(s.url)), 'the player was loaded with the home page');
}));

test(`largest contentful paint under ${BUDGET.lcpMs} ms with a 4x slower CPU`, async () => {
  for (const path of ['/', `/browse/title/${DEMO.movie}`]) {
    const times = [];
    for (let i = 0; i < 5; i++) {
      await withPage({}, async (page, context) => {
        const cdp = await context.newCDPSession(page);
        await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
        await page.addInitScript(() => { window.lcp = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) window.lcp = e.startTime; }).observe({ type: 'largest-contentful-paint', buffered: true }); });
        await page.goto(base + path, { waitUntil: 'load' });
        await sleep(2500);
        times.push(await page.evaluate(() => window.lcp));
      });
    }
    times.sort((a, b) => a - b);
    note(`LCP at 4x slower CPU, ${path}: median ${Math.round(times[2])} ms, worst ${Math.round(times[4])} ms of 5`);
    check(times[2] > 0 && times[2] < BUDGET.lcpMs, `${path}: ${Math.round(times[2])} ms`);
  }
});

test('axe-core: nothing serious', async () => {
  const found = [];
  const look = async (page, name) => {
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    for (const v of result.violations) if (['serious', 'critical'].includes(v.impact)) found.push(`${name}: ${v.id} (${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')})`);
  };
  await withPage({ reducedMotion: 'reduce' }, async (page) => {
    for (const [path, ready] of [['/', '.row .tile img'], [`/browse/series/${DEMO.series}`, '.episode'], [`/browse/title/${DEMO.movie}`, '.play'], [`/browse/category/${DEMO.category}`, '.grid .tile'], ['/find?q=the', '.grid .tile'], ['/setup', 'form'], ['/nowhere', '[role=alert]']]) {
      await open(page, path);
      await page.waitForSelector(ready);
      await sleep(600);
      await look(page, path);
    }
    await open(page, `/watch/${DEMO.title}`);
    await playsPast(page, 0.5);
    await menu(page, 'tracks');
    await look(page, 'player with menu');
  });
  check(found.length === 0, found.join('; '));
});

test('three sizes', async () => {
  for (const [name, size] of Object.entries(SIZES)) {
    await withPage({ size, reducedMotion: 'reduce', deviceScaleFactor: name === 'phone' ? 2 : 1, hasTouch: name === 'phone', isMobile: name === 'phone' }, async (page) => {
      const shot = async (what) => {
        await sleep(900);
        await page.screenshot({ path: join(shots, `${what}-${name}.png`) });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        check(wide <= 1, `${what} on ${name} is ${wide} px too wide`);
      };
      await open(page, name === 'tv' ? '/?tv' : '/');
      await page.waitForSelector('.row .tile img');
      await shot('home');
      await open(page, `/browse/series/${DEMO.series}`);
      await page.waitForSelector('.episode');
      await shot('series');
      await open(page, `/browse/title/${DEMO.movie}`);
      await page.waitForSelector('.play');
      await shot('title');
      await open(page, `/watch/${DEMO.movie}`);
      await playsPast(page, 2);
      if (name === 'desktop') { const b = await page.locator('.seek').boundingBox(); await page.mouse.move(b.x + b.width * 0.6, b.y + 10); await sleep(500); await page.mouse.move(b.x + b.width * 0.62, b.y + 10); }
      else if (name === 'phone') await page.tap('.touch', { position: { x: 190, y: 300 } }).catch(() => {});
      else await page.keyboard.press('ArrowDown');
      await sleep(400);
      await shot('player');
    });
  }
});

// ---- the app around the player, and everything by remote control ----

for (const name of ['app', 'search', 'remote', 'accounts', 'qr', 'setup', 'story']) {
  const { default: more } = await import(`./${name}.mjs`);
  more({ test, check, until, sleep, withPage, open, state, playsPast, menu, base, shots, axe, SIZES, DEMO, skip, browser, launch, find: findChromium });
}

let passed = 0;
let skipped = 0;
const failed = [];
const began = Date.now();
for (const { name, run } of tests) {
  if (only.length && !only.some((part) => name.includes(part))) continue;
  const start = Date.now();
  try {
    await run();
    passed++;
    console.log(`ok    ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    if (error instanceof Skipped) {
      skipped++;
      console.log(`skip  ${name}: ${error.message}`);
      continue;
    }
    failed.push(name);
    console.log(`FAIL  ${name}: ${String(error.message).split('\n')[0]}`);
  }
}
await browser.close();
for (const line of figures) console.log(`      ${line}`);
console.log(`${passed} passed, ${failed.length} failed${skipped ? `, ${skipped} skipped` : ''} (${((Date.now() - began) / 1000).toFixed(0)} s)`);
process.exit(failed.length ? 1 : 0);
