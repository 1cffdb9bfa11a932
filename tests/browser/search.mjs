// Search as one types, and the way back from what was found. Waits are long: they only end a broken run.

const WAIT = 60_000;
const API = '**/odx/api/v4';

export default ({ test, check, until, sleep, withPage, open }) => {
  const wait = { timeout: WAIT };
  const seen = (what, probe) => until(what, probe, WAIT);
  const ready = (page) => page.waitForSelector('.row .tile img', wait);

  test('search follows the typing: completions, kinds, a newer question ends the older', () => withPage({}, async (page) => {
    let slow = 0, given = 0;
    await page.route(`${API}/search/?q=har`, async (route) => { slow++; await sleep(4000); await route.continue().catch(() => {}); });
    page.on('requestfailed', (r) => { if (r.url().includes('/search/')) given++; });
    await open(page, '/find');
    await page.waitForSelector('input[type=search]', wait);
    await page.keyboard.type('har', { delay: 30 });
    await seen('the first question', () => slow > 0);
    await page.keyboard.type('bor', { delay: 30 });
    await page.waitForSelector('.completions button', wait);
    await seen('the older question is dropped', () => given > 0);
    await seen('the address', () => page.url().endsWith('/find?q=harbor'));
    check((await page.locator('.results section').count()) >= 3, 'hits are not by kind');
    await page.keyboard.press('ArrowDown');
    check((await page.evaluate(() => document.activeElement.dataset.key ?? '')).startsWith('completion-'), 'down does not reach the completions');
    await page.keyboard.press('ArrowRight');
    const chosen = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press('Enter');
    await seen('the completion in the field', async () => (await page.inputValue('input[type=search]')) === chosen);
    await seen('the completion in the address', () => new URL(page.url()).searchParams.get('q') === chosen);
    await page.goto('about:blank');
    await page.goBack();
    await page.waitForSelector('.results .tile', wait);
    check((await page.inputValue('input[type=search]')) === chosen, 'the question is forgotten');
    await page.focus('.results .tile');
    await page.keyboard.type('x');
    await seen('the letter in the field', async () => (await page.inputValue('input[type=search]')).endsWith('x'));
    await page.click('[data-key=nav-find]');
    await seen('an empty field', async () => (await page.inputValue('input[type=search]')) === '');
  }));

  test('search in six languages', () => withPage({}, async (page) => {
    for (const [q, slug] of [['ㅎㄱㅇㅂㅂ', 'harbor'], ['항구의불', 'harbor'], ['luces del', 'harbor'], ['港口灯', 'harbor'], ['港口燈', 'harbor'], ['gangkou', 'harbor'], ['luzes do porto', 'harbor']]) {
      await open(page, `/find?q=${encodeURIComponent(q)}`);
      await page.waitForSelector(`.results a[href*="${slug}"]`, wait);
    }
  }));

  test('search respects input methods', () => withPage({ locale: 'ko-KR' }, async (page, context) => {
    const cdp = await context.newCDPSession(page);
    const asked = [];
    page.on('request', (r) => { const u = new URL(r.url()); if (u.pathname.endsWith('/search/')) asked.push(u.searchParams.get('q')); });
    const compose = (text) => cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await open(page, '/find');
    await page.waitForSelector('input[type=search]', wait);
    await page.focus('input[type=search]');
    for (const step of ['ㅎ', '하']) { await compose(step); await sleep(30); }
    await seen('a half-typed syllable is searched', () => asked.includes('하'));
    await compose('항');
    await cdp.send('Input.insertText', { text: '항' });
    await seen('the whole syllable is searched', () => asked.includes('항'));
    const before = asked.length;
    for (const step of ['ㄱ', '구']) { await compose(step); await sleep(20); }
    await cdp.send('Input.insertText', { text: '구' });
    await page.keyboard.press('Enter');
    await page.waitForSelector('.results a[href*="harbor"]', wait);
    await sleep(600);
    check(asked.at(-1) === '항구', `asked ${asked}`);
    check(asked.slice(before).filter((q) => q === '항구').length === 1, `the commit asked again: ${asked}`);
    await page.fill('input[type=search]', '');
    for (const step of ["g", "ga", "gang", "gang'k", "gang'kou"]) { await compose(step); await sleep(40); }
    await cdp.send('Input.insertText', { text: '港口' });
    await seen('what was composed is searched', () => asked.at(-1) === '港口');
    check(!asked.includes(''), 'nothing was asked for');
  }));

  test('back returns to the question, the place in the page and the place in the row', () => withPage({}, async (page) => {
    await open(page, '/find?q=the');
    await page.waitForSelector('.results .tile', wait);
    const last = page.locator('.results .tile').last();
    await last.scrollIntoViewIfNeeded();
    const y = await page.evaluate(() => scrollY);
    await last.click();
    await page.waitForSelector('.title-page h1, .show h1', wait);
    await page.goBack();
    await page.waitForSelector('.results .tile', wait);
    await seen('the same place', () => page.evaluate((was) => Math.abs(scrollY - was) < 40, y));
    check((await page.inputValue('input[type=search]')) === 'the', 'another question');

    await open(page, '/');
    await ready(page);
    await page.evaluate(async () => { for (let at = 0; at < 2400; at += 300) { scrollTo(0, at); await new Promise((r) => setTimeout(r, 120)); } });
    await page.waitForSelector('[data-row=korean] .tile', wait);
    await page.locator('[data-row=episodes]').scrollIntoViewIfNeeded();
    await page.evaluate(() => { document.querySelector('[data-row=episodes] .track').scrollLeft = 620; });
    await sleep(300);
    const place = await page.evaluate(() => ({ y: scrollY, x: document.querySelector('[data-row=episodes] .track').scrollLeft }));
    check(place.x > 400, `the row scrolls only ${place.x} px`);
    await page.evaluate(() => { const f = document.querySelector('[data-row=episodes] .track').getBoundingClientRect(); [...document.querySelectorAll('[data-row=episodes] a.tile')].find((a) => a.getBoundingClientRect().left > f.left + 100).click(); });
    await page.waitForSelector('.title-page h1', wait);
    await page.goBack();
    await page.waitForSelector('[data-row=episodes] .tile', wait);
    await seen('the same place in page and row', () => page.evaluate((was) => Math.abs(scrollY - was.y) < 60 && Math.abs((document.querySelector('[data-row=episodes] .track')?.scrollLeft ?? 0) - was.x) < 60, place));
  }));
};
