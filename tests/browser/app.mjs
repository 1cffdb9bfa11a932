// The app around the player: rows, progress, favorites, channels. Waits are long: they only end a broken run.
import { join } from 'node:path';

const WAIT = 60_000;
const API = '**/odx/api/v4';

export default ({ test, check, until, sleep, withPage, open, state, playsPast, menu, base, shots, axe, SIZES, DEMO }) => {
  const body = (result) => ({ status: 200, contentType: 'application/json', body: JSON.stringify({ code: 'SUCCESS', title: 'Success', messages: {}, result }) });
  const wait = { timeout: WAIT };
  const seen = (what, probe) => until(what, probe, WAIT);
  const ready = (page) => page.waitForSelector('.row .tile img', wait);
  const device = (page) => page.evaluate(() => localStorage.getItem('marquee.did'));
  /** What the server has of this browser, by a row of the demo's home page. */
  async function row(page, slug) {
    const answer = await page.request.get(`${base}/odx/api/v4/carousel/?slug=${slug}&page_size=50`, { headers: { 'Service-Name': 'amasian', did: await device(page) } });
    return (await answer.json()).result.results;
  }
  const position = async (page, slug) => (await row(page, 'continue')).find((item) => item.data.info.content_slug === slug)?.data.last_position;
  /** Watches long enough for it to count. */
  async function glance(page, slug, seconds = 5) {
    await open(page, `/watch/${slug}`);
    await playsPast(page, seconds, WAIT);
    await seen('progress on the server', async () => (await position(page, slug)) >= 3);
  }

  test('the cover rolls, can be stopped, and rests for whoever asked for less motion', async () => {
    const fast = async (page) => page.route(`${API}/cover/home/`, async (route) => {
      const answer = await (await route.fetch()).json();
      answer.result.rolling_time = 3000;
      await route.fulfill({ json: answer });
    });
    const now = (page) => page.locator('.hero h1').textContent();
    await withPage({}, async (page) => {
      await fast(page);
      await open(page, '/');
      await page.waitForSelector('.hero h1', wait);
      await page.mouse.move(5, 5);
      const first = await now(page);
      await seen('the next slide', async () => (await now(page)) !== first);
      await page.click('[data-key=hero-pause]');
      await page.evaluate(() => document.activeElement.blur());
      await page.mouse.move(5, 5);
      const held = await now(page);
      await sleep(5000);
      check((await now(page)) === held, 'it rolls on although it was stopped');
      check((await page.locator('[data-key=hero-pause]').getAttribute('aria-label')) !== null, 'the button has no name');
    });
    await withPage({ reducedMotion: 'reduce' }, async (page) => {
      await fast(page);
      await open(page, '/');
      await page.waitForSelector('.hero h1', wait);
      const first = await now(page);
      await sleep(5000);
      check((await now(page)) === first, 'it rolls although motion was to be less');
    });
  });

  test('home shows the live group, hides empty personal rows, and falls back to categories', async () => {
    await withPage({}, async (page) => {
      const asked = [];
      page.on('request', (r) => { const u = new URL(r.url()); if (u.pathname.endsWith('/carousel/')) asked.push({ slug: u.searchParams.get('slug'), did: r.headers().did }); });
      await open(page, '/');
      await ready(page);
      check((await page.locator('[data-row=picks]').count()) === 1, 'no row of the group');
      check((await page.locator('[data-row=continue], [data-row=favorites]').count()) === 0, 'an empty personal row shows');
      check(asked.length < 10, `${asked.length} rows were asked for at once`);
      await page.evaluate(async () => { for (let y = 0; y < document.body.scrollHeight; y += 400) { scrollTo(0, y); await new Promise((r) => setTimeout(r, 150)); } });
      await seen('the last row', () => page.evaluate(() => document.querySelector('[data-row=shorts] .tile')));
      check(asked.some((a) => a.slug === 'continue' && a.did) && asked.every((a) => !!a.did === ['continue', 'because', 'recommended', 'favorites'].includes(a.slug)), `who asked: ${JSON.stringify(asked)}`);
    });
    await withPage({}, async (page) => {
      await page.route(`${API}/carousel/browser/group/`, (route) => route.fulfill(body({ ...{ code: 'SUCCESS', title: 'Success', messages: {} }, result: { refresh_time: 600000, results: [] } })));
      await page.route(`${API}/cover/**`, (route) => route.fulfill(body({ count: 0, next: null, previous: null, page_next: null, page_previous: null, page_size: 100, results: [] })));
      await open(page, '/');
      await ready(page);
      check((await page.locator(`[data-row=${DEMO.category}]`).count()) === 1, 'no row of the category');
      await page.waitForSelector('.hero h1', wait);
    });
  });

  test('home asks again when the operator said', () => withPage({}, async (page) => {
    await page.clock.install();
    let asked = 0;
    page.on('request', (r) => { if (r.url().endsWith('/carousel/browser/group/')) asked++; });
    await open(page, '/');
    await ready(page);
    await page.waitForSelector('[data-row=episodes] .tile', wait);
    check(asked === 1, `asked ${asked} times at first`);
    await page.evaluate(() => { document.querySelector('[data-row=picks] .tile').dataset.kept = 'yes'; });
    await page.clock.fastForward('11:00');
    await seen('another question', () => asked === 2);
    await sleep(1000);
    check((await page.locator('[data-row=picks] .tile[data-kept]').count()) === 1, 'the rows were drawn anew');
  }));

  test('progress is saved while playing, at a pause, a seek and on leaving, and playing goes on there', () => withPage({}, async (page) => {
    const saves = [];
    page.on('request', (r) => { if (r.url().endsWith('/continue-watching/')) saves.push({ ...r.postDataJSON(), did: r.headers().did }); });
    await open(page, `/watch/${DEMO.title}`);
    await seen('a save while playing', () => saves.length > 0);
    await page.keyboard.press('5');
    await seen('a save after a seek', () => saves.some((s) => s.last_position > 25));
    await playsPast(page, 33, WAIT);
    await page.keyboard.press('k');
    await seen('a save at the pause', () => saves.at(-1).last_position >= 32);
    await page.keyboard.press('k');
    await playsPast(page, 37, WAIT);
    await page.goto('about:blank'); // the page goes away in the middle
    await page.goto(`${base}/browse/title/${DEMO.title}`);
    check(new Set(saves.map((s) => s.did)).size === 1 && saves[0].did, 'who saves changes');
    await seen('the last position on the server', async () => (await position(page, DEMO.title)) >= 36);
    await page.waitForSelector('[data-key=restart]', wait);
    check(/0:3\d|0:4\d/.test(await page.locator('.play').textContent()), await page.locator('.play').textContent());
    await page.click('.play');
    await page.waitForSelector('.resumed', wait);
    check((await state(page)).time > 30, 'it began at the beginning');
    await page.click('.resumed button');
    await seen('the beginning', async () => (await state(page)).time < 10);
    await page.keyboard.press('Escape');
    await page.waitForSelector('.title-page', wait);
    await open(page, `/watch/${DEMO.title}?t=50`);
    await seen('the second of the address', async () => { const s = await state(page); return s && s.time >= 50 && s.ready >= 2; });
    check(!page.url().includes('t='), 'a reload would jump back');
  }));

  test('continue watching stands on the home page and goes on from its tile', () => withPage({}, async (page) => {
    await glance(page, DEMO.movie);
    await open(page, '/');
    const tile = page.locator('[data-row=continue] a.tile').first();
    await tile.waitFor(wait);
    check((await tile.getAttribute('href')) === `/watch/${DEMO.movie}`, await tile.getAttribute('href'));
    check((await tile.locator('.seen').count()) === 1, 'no bar on the tile');
    await tile.click();
    await page.waitForSelector('.resumed', wait);
    await open(page, '/browse/row/continue');
    await page.waitForSelector('.grid .tile .seen', wait);
  }));

  test('a series goes on where it was left', () => withPage({}, async (page) => {
    await open(page, `/watch/${DEMO.series}-s1e2`);
    await playsPast(page, 4, WAIT);
    await page.evaluate(() => { const v = document.querySelector('video'); v.currentTime = v.duration - 1; });
    await seen('the end is saved', async () => (await row(page, 'continue')).some((item) => item.data.info.content_slug === 'harbor-lights-s1e3'));
    await open(page, `/browse/series/${DEMO.series}`);
    await seen('the third episode on the button', async () => /3/.test((await page.locator('.play').textContent().catch(() => '')) ?? ''));
    check((await page.locator('.episode .seen').count()) === 1, 'no bar on the episode');
  }));

  test('hearts keep films, seasons and channels, and say so when they cannot', () => withPage({}, async (page) => {
    await open(page, '/favorites');
    await page.waitForSelector('.empty', wait);
    for (const path of [`/browse/title/${DEMO.movie}`, `/browse/series/${DEMO.series}`, '/browse/channel/orbit-24']) {
      await open(page, path);
      const saved = page.waitForResponse((r) => r.url().endsWith('/favorites/') && r.request().method() === 'POST', wait);
      await page.click('[data-key=heart]');
      check((await saved).status() === 201, `${(await saved).status()}`);
      check((await page.locator('[data-key=heart]').getAttribute('aria-pressed')) === 'true', 'the heart stays empty');
    }
    await open(page, '/favorites');
    await seen('three tiles, the newest first', async () => (await page.locator('.grid .tile').count()) === 3);
    check((await page.locator('.grid .tile').first().getAttribute('href')) === '/browse/channel/orbit-24', 'not the newest first');
    // Where no row of the home page shows favorites, they are found all the same.
    await page.route(`${API}/carousel/browser/group/`, async (route) => {
      const answer = await (await route.fetch()).json();
      answer.result.result.results = answer.result.result.results.filter((r) => r.kind !== 'favorites');
      await route.fulfill({ json: answer });
    });
    await open(page, '/favorites');
    await seen('three tiles without a row', async () => (await page.locator('.grid .tile').count()) === 3);
    await page.unroute(`${API}/carousel/browser/group/`);
    await page.click('.grid .tile >> nth=2');
    await page.waitForSelector('[data-key=heart][aria-pressed=true]', wait);
    await page.route(`${API}/favorites/`, (route) => (route.request().method() === 'DELETE' ? route.abort() : route.continue()));
    await page.click('[data-key=heart]');
    await page.waitForSelector('.failed', wait);
    check((await page.locator('[data-key=heart]').getAttribute('aria-pressed')) === 'true', 'the heart is empty although nothing was dropped');
    await page.unroute(`${API}/favorites/`);
    const dropped = page.waitForResponse((r) => r.url().endsWith('/favorites/') && r.request().method() === 'DELETE', wait);
    await page.click('[data-key=heart]');
    check((await dropped).status() === 204, `${(await dropped).status()}`);
    await page.goBack();
    await seen('two tiles', async () => (await page.locator('.grid .tile').count()) === 2);
  }));

  test('the next episode counts down, can be declined, and asks where that is wanted', () => withPage({}, async (page) => {
    const end = async () => { await playsPast(page, 0.5, WAIT); await page.evaluate(() => { const v = document.querySelector('video'); v.currentTime = v.duration - 4; }); await page.waitForSelector('.upnext', wait); };
    await open(page, `/watch/${DEMO.series}-s1e3`);
    await end();
    await page.click('[data-key=stay]');
    await seen('the end', () => page.evaluate(() => document.querySelector('video').ended));
    await sleep(11_000);
    check(page.url().includes('s1e3'), 'it went on although it was declined');
    await open(page, `/watch/${DEMO.series}-s1e4`);
    await end();
    await page.waitForURL((u) => u.pathname.endsWith('s1e5'), wait);
    await menu(page, 'settings', 'follow-ask');
    await end();
    await seen('the end', () => page.evaluate(() => document.querySelector('video').ended));
    await sleep(11_000);
    check(page.url().includes('s1e5'), 'it went on without being asked');
    await page.click('[data-key=follow]');
    await page.waitForURL((u) => u.pathname.endsWith('s1e6'), wait);
  }));

  test('more like this, and a page that stands without it', async () => {
    for (const broken of [false, true]) await withPage({}, async (page) => {
      if (broken) for (const path of ['category/*/contents/**', 'recommendation/', 'carousel/**', 'favorites/']) await page.route(`${API}/${path}`, (route) => route.abort());
      await open(page, `/browse/title/${DEMO.movie}`);
      await page.waitForSelector('.play', wait);
      if (broken) check((await page.locator('[data-row=alike]').count()) === 0, 'a row of nothing');
      else {
        await page.waitForSelector('[data-row=alike] .tile', wait);
        check((await page.locator(`[data-row=alike] a[href$="${DEMO.movie}"]`).count()) === 0, 'the title is like itself');
      }
    });
  });

  test('channels, bundles and rows have addresses', () => withPage({}, async (page) => {
    await open(page, '/');
    await page.waitForSelector('[data-key=nav-channels]', wait);
    await page.click('[data-key=nav-channels]');
    await page.waitForSelector('[data-row=all-channels] .tile', wait);
    await page.click('[data-row=bundles] .tile');
    await page.waitForSelector('[data-row=others] .tile', wait);
    check((await page.locator('[data-row=others] .tile').count()) === 2, 'not the channels of the bundle');
    await page.click('[data-row=others] .tile');
    await page.waitForSelector('.channel h1', wait);
    await open(page, '/browse/row/popular');
    await page.waitForSelector('.grid.portrait .tile', wait);
    for (const path of ['/browse/channel/none', '/browse/row/none', '/browse/multichannel/none']) {
      await open(page, path);
      await page.waitForSelector('[role=alert]', wait);
    }
  }));

  const PAGES = [['/', '.row .tile img'], ['/favorites', '.grid .tile, .empty'], ['/browse/channels', '.tile'], ['/browse/channel/orbit-24', '.channel h1'], ['/browse/multichannel/the-quiet-pack', '.channel .tile'], ['/browse/row/popular', '.grid .tile'], ['/browse/category/sci-fi', '.cover h2'], ['/find?q=har', '.completions button'], [`/browse/title/${DEMO.movie}`, '[data-row=alike] .tile']];

  test('axe-core: nothing serious on the pages of the app', async () => {
    const found = [];
    const look = async (page, name) => {
      await page.evaluate(axe);
      const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      for (const v of result.violations) if (['serious', 'critical'].includes(v.impact)) found.push(`${name}: ${v.id} (${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')})`);
    };
    for (const size of ['desktop', 'phone']) await withPage({ reducedMotion: 'reduce', size: SIZES[size] }, async (page) => {
      await glance(page, DEMO.movie, 4);
      await open(page, `/browse/title/${DEMO.movie}`);
      await page.click('[data-key=heart]');
      await page.waitForSelector('[data-key=heart][aria-pressed=true]', wait);
      for (const [path, selector] of PAGES) {
        await open(page, path);
        await page.waitForSelector(selector, wait);
        await sleep(700);
        await look(page, `${size} ${path}`);
      }
      await open(page, '/find?tv');
      await page.waitForSelector('.keyboard', wait);
      await look(page, `${size} keyboard`);
      await open(page, `/watch/${DEMO.title}`);
      await playsPast(page, 0.5, WAIT);
      await page.evaluate(() => { const v = document.querySelector('video'); v.currentTime = v.duration - 9; });
      await page.waitForSelector('.upnext', wait);
      await look(page, `${size} up next`);
    });
    check(found.length === 0, found.join('; '));
  });

  test('nothing is wider than a small phone, in six languages', () => withPage({ size: [360, 740], hasTouch: true, isMobile: true, reducedMotion: 'reduce' }, async (page) => {
    for (const language of ['ko', 'en', 'es', 'zh-hans', 'zh-hant', 'pt']) {
      await open(page, '/');
      await page.evaluate((l) => localStorage.setItem('marquee.language', l), language);
      for (const [path, selector] of PAGES.filter(([path]) => !path.startsWith('/find'))) {
        await open(page, path);
        await page.waitForSelector(selector, wait);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        check(wide <= 1, `${path} in ${language} is ${wide} px too wide`);
        check(!/\b(player|title|action|nav|favorite|channel|find|hero)\.[a-z]/i.test(await page.locator('body').innerText()), `${path}: an untranslated key`);
      }
      await page.screenshot({ path: join(shots, `title-360-${language}.png`) });
    }
  }));
};
