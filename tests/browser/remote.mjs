// Eight tasks with nothing but a remote control: arrow keys, Enter and Back (Escape). No pointer, no letters.

const WAIT = 60_000;

export default ({ test, check, until, sleep, withPage, state, playsPast, base, SIZES, DEMO }) => {
  const seen = (what, probe) => until(what, probe, WAIT);
  const at = (page) => page.evaluate(() => {
    const el = document.activeElement;
    return { key: el?.dataset?.key ?? '', href: el?.getAttribute('href') ?? '', row: el?.closest('[data-row]')?.getAttribute('data-row') ?? '', menu: !!el?.closest('.menu'), option: el?.dataset?.option ?? '' };
  });
  async function press(page, key, times = 1) {
    for (let i = 0; i < times; i++) {
      await page.keyboard.press(key);
      await sleep(180);
    }
  }
  /** Presses towards an element until it has the focus, as somebody would who sees the screen. */
  async function to(page, selector, most = 40) {
    await page.waitForSelector(selector, { state: 'attached', timeout: WAIT });
    let stuck = 0;
    for (let i = 0; i < most; i++) {
      const step = await page.evaluate((s) => {
        const el = document.activeElement, target = document.querySelector(s);
        if (!target || el === target) return null;
        const a = el.getBoundingClientRect(), b = target.getBoundingClientRect();
        const x = (b.left + b.right - a.left - a.right) / 2, y = (b.top + b.bottom - a.top - a.bottom) / 2;
        return { x, y, level: b.top < a.bottom - 4 && b.bottom > a.top + 4, nobody: el === document.body || el.tagName === 'MAIN' };
      }, selector);
      if (!step) return;
      const across = step.x < 0 ? 'ArrowLeft' : 'ArrowRight', along = step.y < 0 ? 'ArrowUp' : 'ArrowDown';
      const was = await at(page);
      const ways = step.nobody || !step.level ? [along, across] : [across, along];
      await press(page, ways[stuck % 2]);
      stuck = JSON.stringify(await at(page)) === JSON.stringify(was) ? stuck + 1 : 0;
      if (stuck > 5) break;
    }
    const now = await at(page);
    check(await page.evaluate((s) => document.activeElement === document.querySelector(s), selector), `the keys do not reach ${selector}; they are at ${JSON.stringify(now)}`);
  }
  const television = (run) => withPage({ size: SIZES.tv }, async (page, context) => {
    await page.goto(`${base}/?tv`, { waitUntil: 'domcontentloaded' });
    await page.waitForSelector('.row .tile img', { timeout: WAIT });
    await seen('the focus on the cover', async () => (await at(page)).key === 'hero-play');
    await run(page, context);
  });
  const focusOn = (page, key) => seen(`the focus on ${key}`, async () => (await at(page)).key === key);
  /** From the home page to the page of the first film of a row that an editor filled: others change with what is added. */
  async function openFilm(page) {
    for (let i = 0; i < 12 && (await at(page)).row !== 'picks'; i++) await press(page, 'ArrowDown');
    for (let i = 0; i < 8 && !(await at(page)).href.startsWith('/browse/title/'); i++) await press(page, 'ArrowRight');
    const { href } = await at(page);
    check(href.startsWith('/browse/title/'), `no film in the row: ${href}`);
    await press(page, 'Enter');
    await focusOn(page, 'play');
    return href;
  }
  /** Opens the player's controls, whether or not they show. */
  async function controls(page) {
    for (let i = 0; i < 4 && (await at(page)).key !== 'toggle'; i++) await press(page, 'ArrowDown');
    await focusOn(page, 'toggle');
  }

  test('by remote: find a title and come back to it', () => television(async (page) => {
    const href = await openFilm(page);
    await press(page, 'Escape');
    await seen('home, on the same tile', async () => (await at(page)).href === href);
    check((await at(page)).row === 'picks', 'another row');
    await seen('the tile on the screen', () => page.evaluate(() => { const b = document.activeElement.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight && b.left >= 0 && b.right <= innerWidth; }));
  }));

  test('by remote: play, pause, skip and leave', () => television(async (page) => {
    await openFilm(page);
    await press(page, 'Enter');
    await playsPast(page, 1, WAIT);
    const before = (await state(page)).time;
    await press(page, 'ArrowRight');
    await seen('ten seconds on', async () => (await state(page)).time > before + 8);
    await controls(page);
    await press(page, 'Enter');
    await seen('a pause', async () => (await state(page)).paused);
    await press(page, 'Enter');
    await seen('playing', async () => !(await state(page)).paused);
    await press(page, 'Escape');
    await seen('the title page', async () => ['play'].includes((await at(page)).key));
  }));

  test('by remote: resume, and begin again', () => television(async (page) => {
    await openFilm(page);
    await press(page, 'Enter');
    await playsPast(page, 1, WAIT);
    await press(page, 'ArrowRight', 2);
    await playsPast(page, 24, WAIT);
    await press(page, 'Escape');
    await focusOn(page, 'play');
    await page.waitForSelector('[data-key=restart]', { timeout: WAIT });
    await press(page, 'Escape');
    await page.waitForSelector('[data-row=continue] .tile', { timeout: WAIT });
    await to(page, '[data-row=continue] .tile');
    await press(page, 'Enter');
    await seen('where it stopped', async () => { const s = await state(page); return s && s.time >= 20 && s.ready >= 2; });
    await page.waitForSelector('.resumed', { timeout: WAIT });
    await press(page, 'ArrowUp');
    await focusOn(page, 'restart');
    await press(page, 'Enter');
    await seen('the beginning', async () => (await state(page)).time < 10);
    await press(page, 'Escape');
    await seen('home, on the same tile', async () => (await at(page)).row === 'continue');
  }));

  test('by remote: keep a favorite and drop it', () => television(async (page) => {
    const href = await openFilm(page);
    await to(page, '[data-key=heart]');
    await press(page, 'Enter');
    await page.waitForSelector('[data-key=heart][aria-pressed=true]', { timeout: WAIT });
    await to(page, '[data-key=nav-favorites]');
    await press(page, 'Enter');
    await page.waitForSelector('.grid .tile', { timeout: WAIT });
    await to(page, `.grid a[href="${href}"]`);
    await press(page, 'Enter');
    await focusOn(page, 'play');
    await page.waitForSelector('[data-key=heart][aria-pressed=true]', { timeout: WAIT });
    await to(page, '[data-key=heart]');
    const dropped = page.waitForResponse((r) => r.request().method() === 'DELETE', { timeout: WAIT });
    await press(page, 'Enter');
    await dropped;
    await press(page, 'Escape');
    await page.waitForSelector('.empty', { timeout: WAIT });
    await seen('something to press', async () => (await at(page)).href === '/');
  }));

  test('by remote: switch the language', () => television(async (page) => {
    const words = await page.locator('[data-row=picks] h2').textContent();
    await to(page, '[data-key=language]');
    await press(page, 'Enter');
    await page.waitForSelector('.language ul', { timeout: WAIT });
    for (let i = 0; i < 6 && (await page.evaluate(() => document.activeElement.lang)) !== 'ko'; i++) await press(page, 'ArrowUp');
    await press(page, 'Enter');
    await seen('Korean', () => page.evaluate(() => document.documentElement.lang === 'ko'));
    await seen('a row in Korean', async () => { const now = await page.locator('[data-row=picks] h2').textContent().catch(() => words); return now !== words && /[가-힣]/.test(now); });
    check((await page.locator('.language ul').count()) === 0, 'the menu stayed');
    await press(page, 'ArrowDown');
    await seen('the focus in the page', () => page.evaluate(() => !!document.activeElement?.closest('main')));
  }));

  test('by remote: subtitles', () => television(async (page) => {
    await to(page, '[data-row=hero] [data-key=hero-play]');
    await press(page, 'Enter'); // the first slide plays an episode with subtitles
    await playsPast(page, 1, WAIT);
    await controls(page);
    await to(page, '[data-menu=tracks]');
    await press(page, 'Enter');
    await page.waitForSelector('.menu [data-option^=sub-][lang=ko]', { timeout: WAIT });
    await to(page, '.menu [data-option^=sub-][lang=ko]');
    await press(page, 'Enter');
    await seen('Korean subtitles', () => page.evaluate(() => [...document.querySelector('video').textTracks].some((t) => t.mode === 'showing' && t.language.startsWith('ko'))));
    await press(page, 'Escape');
    check((await page.locator('.menu').count()) === 0, 'the menu stayed');
    await focusOn(page, 'tracks');
  }));

  test('by remote: the next episode, declined and taken', () => television(async (page) => {
    await press(page, 'Enter'); // the cover's first slide: an episode
    await playsPast(page, 1, WAIT);
    const first = page.url();
    for (let i = 0; i < 8 && !(await page.locator('.upnext').count()); i++) await press(page, 'ArrowRight');
    await focusOn(page, 'follow');
    await press(page, 'Escape');
    await seen('the countdown gone', async () => (await page.locator('.upnext').count()) === 0);
    check(page.url() === first, 'it went on although it was declined');
    await controls(page);
    await to(page, '[data-key=next]');
    await press(page, 'Enter');
    await seen('the next episode', () => page.url() !== first);
    await playsPast(page, 1, WAIT);
    const second = page.url();
    for (let i = 0; i < 8 && !(await page.locator('.upnext').count()); i++) await press(page, 'ArrowRight');
    await focusOn(page, 'follow');
    await press(page, 'Enter');
    await seen('the one after', () => page.url() !== second && page.url().includes('/watch/'));
    await press(page, 'Escape');
    await seen('home', () => new URL(page.url()).pathname === '/');
  }));

  test('by remote: search with the letters on the screen', () => television(async (page) => {
    await to(page, '[data-key=nav-find]');
    await press(page, 'Enter');
    await page.waitForSelector('.keyboard', { timeout: WAIT });
    await focusOn(page, 'letter-a');
    for (const letter of 'kites') {
      await to(page, `[data-key=letter-${letter}]`);
      await press(page, 'Enter');
    }
    await to(page, '[data-key=erase]');
    await press(page, 'Enter');
    await seen('the word', async () => (await page.inputValue('input[type=search]')) === 'kite');
    await page.waitForSelector('.results a[href="/browse/title/kite-weather"]', { timeout: WAIT });
    await to(page, '.results a[href="/browse/title/kite-weather"]');
    await press(page, 'Enter');
    await focusOn(page, 'play');
    await press(page, 'Escape');
    await seen('the same hit', async () => (await at(page)).href === '/browse/title/kite-weather');
    check((await page.inputValue('input[type=search]')) === 'kite' && page.url().endsWith('q=kite'), 'the question is forgotten');
    // Hangul is composed from its letters.
    await to(page, '[data-key=clear]');
    await press(page, 'Enter');
    await to(page, '[data-key=layout]');
    await press(page, 'Enter');
    for (const letter of 'ㅎㅏㅇㄱㅜ') {
      await to(page, `[data-key="letter-${letter}"]`);
      await press(page, 'Enter');
    }
    await seen('two syllables', async () => (await page.inputValue('input[type=search]')) === '항구');
    await page.waitForSelector('.results a[href*="harbor"]', { timeout: WAIT });
  }));
};
