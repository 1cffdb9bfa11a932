// The set-up page as the operator sees it, with MARQUEE_OPERATOR_TOKEN.
import { join } from 'node:path';

const WAIT = { timeout: 60_000 };

export default ({ test, check, skip, until, withPage, base, shots, axe, SIZES }) => {
  const token = process.env.MARQUEE_OPERATOR_TOKEN;
  const setUp = async (page) => {
    if (!token) skip('MARQUEE_OPERATOR_TOKEN is not set');
    await page.goto(`${base}/setup#token=${token}`);
    await page.waitForSelector('#address', WAIT);
  };

  test('setup: the page fits in six languages, and axe-core finds nothing serious', async () => {
    const found = [];
    for (const size of ['phone', 'desktop']) await withPage({ size: SIZES[size], reducedMotion: 'reduce' }, async (page) => {
      for (const language of ['ko', 'en', 'es', 'zh-hans', 'zh-hant', 'pt']) {
        await page.goto(base);
        await page.evaluate((l) => localStorage.setItem('marquee.language', l), language);
        await setUp(page);
        await page.fill('#address', 'https://tv.example.org');
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        check(wide <= 1, `${size} in ${language} is ${wide} px too wide`);
        check(!/\b(setup|people|account)\.[a-z]/i.test(await page.locator('main').innerText()), `${language}: an untranslated key`);
        await page.locator('#address').scrollIntoViewIfNeeded();
        await page.screenshot({ path: join(shots, `setup-${size}-${language}.png`), fullPage: true });
        await page.evaluate(axe);
        const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
        for (const v of result.violations) if (['serious', 'critical'].includes(v.impact)) found.push(`${size} ${language}: ${v.id} (${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')})`);
      }
    });
    check(found.length === 0, found.join('; '));
  });

  test('setup: an address that cannot be the public one is refused with the reason', () => withPage({}, async (page) => {
    await setUp(page);
    const before = await page.locator('#address-hint').textContent();
    check((await page.inputValue('#address')) === base, `the address of the browser is not offered: ${await page.inputValue('#address')}`);
    for (const [typed, reason] of [[`${base}/app`, 'no path'], ['https://me:secret@tv.example.org', 'sign-in'], ['ftp://tv.example.org', 'http://HOST or https://HOST']]) {
      await page.fill('#address', typed);
      await page.click('form:has(#address) button');
      await until(`why ${typed} is refused`, async () => (await page.locator('section:has(#address) [role=alert]').textContent().catch(() => '')).includes(reason), 20_000);
    }
    await page.reload();
    await page.waitForSelector('#address', WAIT);
    check((await page.locator('#address-hint').textContent()) === before, 'something was chosen');
  }));
};
