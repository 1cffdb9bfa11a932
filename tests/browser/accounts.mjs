// The server's own pages: signing in and up, new passwords, televisions. Without scripts unless a test says otherwise.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';

const PASSWORD = 'ordinary words in a row';
const API = '/odx/api/v4';
const PLAIN = { javaScriptEnabled: false, reducedMotion: 'reduce' };

/** The code of an authenticator app (RFC 6238) at a time in milliseconds, for a secret in Base32. */
function totp(secret, at) {
  const bits = [...secret.replace(/=+$/, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(step).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export default ({ test, check, skip, until, withPage, open, base, shots, axe }) => {
  let people = 0;
  const address = () => `sam-${Date.now()}-${people++}@example.com`;
  const at = (page) => { const u = new URL(page.url()); return u.pathname + u.search; };
  const heading = (page) => page.locator('h1').textContent();
  const send = (page) => page.click('main form button');

  /** What the newest mail to somebody says. */
  const mail = async (page, to, pattern) => until(`mail to ${to}`, async () => {
    const html = await (await page.request.get(`${base}/outbox`)).text();
    const article = html.split('<article>').find((part) => part.includes(to) && pattern.test(part));
    return article?.match(pattern)?.[1].replaceAll('&amp;', '&');
  }, 20_000);

  async function signUp(page, next = '') {
    const who = address();
    await open(page, `/sign-up${next}`);
    await page.fill('#email', who);
    await send(page);
    check((await page.locator('main').textContent()).includes(who), 'the address is not shown');
    await page.fill('#code', await mail(page, who, /(?:^|\D)(\d{6})(?:\D|$)/));
    await send(page);
    await page.fill('#password', PASSWORD);
    await page.fill('#name', 'Sam');
    await send(page);
    return who;
  }

  async function television(page) {
    const did = `tv-${Date.now()}-${people++}`;
    const headers = { 'service-name': 'amasian', did, 'x-device-type': 'ctv', 'user-agent': 'Marquee for TV' };
    const answer = await page.request.post(`${base}${API}/auth/ctv/activation/`, { headers, data: {} });
    check(answer.ok(), `a television gets no code: ${answer.status()} ${await answer.text()}`);
    const { result } = await answer.json();
    const poll = async () => (await (await page.request.get(`${base}${API}/auth/ctv/activation/?code=${result.code}`, { headers })).json()).result?.status;
    return { code: result.code, qr: result.qr_url, poll };
  }

  test('accounts: sign up without scripts, and the web app is signed in', () => withPage(PLAIN, async (page, context) => {
    await signUp(page, '?next=%2Ffavorites');
    check(at(page) === '/favorites', page.url());
    const refreshed = await page.request.post(`${base}${API}/auth/refresh/`, { headers: { 'service-name': 'amasian' } });
    check(refreshed.ok(), `refresh: ${refreshed.status()}`);
    const names = (await context.cookies()).map((c) => `${c.name} ${c.httpOnly} ${c.sameSite} ${c.path}`);
    for (const name of ['session true Lax /', 'presession true Lax /', `refresh_token true Lax ${API}/auth/`]) check(names.includes(name), `no ${name} in ${names}`);
  }));

  test('accounts: sign out, a wrong password, sign in', () => withPage(PLAIN, async (page) => {
    const who = await signUp(page);
    await open(page, '/sign-in');
    check((await page.locator('main').textContent()).includes(who), 'not signed in');
    await send(page);
    check(await page.locator('[role=status]').count() === 1, 'nothing says that one is signed out');
    await page.fill('#email', who);
    await page.fill('#password', 'something else');
    await send(page);
    check(await page.locator('[role=alert]').count() === 1, 'nothing says that the password is wrong');
    check((await page.inputValue('#email')) === who && (await page.inputValue('#password')) === '', 'the form forgets the address, or keeps the password');
    await page.fill('#password', PASSWORD);
    await send(page);
    check(at(page) === '/', page.url());
  }));

  test('accounts: the web app knows who signed in on the page, and leads back to it', () => withPage({}, async (page) => {
    const who = await signUp(page);
    await open(page, '/account');
    await until('the account page', () => page.evaluate((text) => document.body.textContent.includes(text), who), 20_000);
    await page.context().clearCookies();
    await open(page, '/account');
    await page.waitForURL('**/sign-in?**', { timeout: 20_000 });
    await page.fill('#email', who);
    await page.fill('#password', PASSWORD);
    await send(page);
    await until('the account page again', () => page.evaluate((text) => location.pathname === '/account' && document.body.textContent.includes(text), who).catch(() => false), 20_000);
  }));

  test('accounts: a second factor is asked for on the page', () => withPage({ ...PLAIN, size: [390, 844], colorScheme: 'light' }, async (page) => {
    const { MARQUEE_DATA: data, MARQUEE_SECOND_FACTOR: program } = process.env;
    if (!data || !program) skip('MARQUEE_DATA and MARQUEE_SECOND_FACTOR name no way to put one in force');
    const who = await signUp(page);
    const [secret, ...recovery] = execFileSync(program, [data, who], { encoding: 'utf8' }).trim().split('\n');
    const password = async () => {
      await page.context().clearCookies();
      await open(page, '/sign-in?next=%2Ffavorites');
      await page.fill('#email', who);
      await page.fill('#password', PASSWORD);
      await send(page);
      check((await heading(page)) === 'One more step', await heading(page));
    };
    const code = async (text) => { await page.fill('#otp', text); await send(page); };
    const refused = async (text) => {
      await code(text);
      check((await page.locator('#otp-trouble').textContent()).includes('not right, or was used before'), `${text} is taken`);
      check((await page.context().cookies()).every((c) => c.name !== 'refresh_token' && c.name !== 'session'), 'signed in without the factor');
    };
    await password();
    check(!(await page.content()).includes(PASSWORD), 'the password is in the page');
    await page.screenshot({ path: join(shots, 'accounts-second-factor.png') });
    await page.reload();
    check((await heading(page)) === 'One more step', 'reloading begins anew');
    const now = totp(secret, Date.now());
    await refused(now === '000000' ? '111111' : '000000');
    await page.screenshot({ path: join(shots, 'accounts-second-factor-wrong.png') });
    await code(` ${now.slice(0, 3)} ${now.slice(3)}`);
    check(at(page) === '/favorites', page.url());
    await password();
    await refused(now);
    await code(recovery[0].toLowerCase());
    check(at(page) === '/favorites', page.url());
    await password();
    await refused(recovery[0]);
    // A call of the API asks for the same.
    const headers = { 'service-name': 'amasian' };
    const bare = await page.request.post(`${base}${API}/auth/sign-in/`, { headers, data: { email: who, password: PASSWORD } });
    check(bare.status() === 403 && (await bare.json()).code === 'MFA_REQUIRED', `${bare.status()}`);
  }));

  test('accounts: a forgotten password by a mailed link', () => withPage(PLAIN, async (page) => {
    const who = await signUp(page);
    await open(page, '/forgot-password');
    await page.fill('#email', who);
    await send(page);
    check(await page.locator('[role=status]').count() === 1, 'nothing says where to look');
    const link = await mail(page, who, /href="([^"]*\/reset-password\?token=[^"]*)"/);
    await page.goto(link);
    await page.goto(link);
    await page.fill('#password', 'password');
    await send(page);
    check(await page.locator('#password-trouble').count() === 1, 'a common password is taken');
    await page.fill('#password', `${PASSWORD} again`);
    await send(page);
    check(at(page) === '/sign-in', page.url());
    await page.fill('#email', who);
    await page.fill('#password', `${PASSWORD} again`);
    await send(page);
    check(at(page) === '/', page.url());
    await page.goto(link);
    await page.fill('#password', `${PASSWORD} once more`);
    await send(page);
    check((await heading(page)).includes('no longer good'), await heading(page));
  }));

  test('accounts: a television is let in by keyboard alone', () => withPage(PLAIN, async (page) => {
    const who = await signUp(page);
    await page.context().clearCookies();
    const tv = await television(page);
    check(tv.qr.endsWith(`/activate?code=${tv.code}`), tv.qr);
    const picture = await page.request.get(`${base}/activate/qr.png?code=${tv.code}`);
    check(picture.headers()['content-type'] === 'image/png', 'no picture');
    const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.value || document.activeElement?.tagName);
    const tabTo = async (wanted) => { for (let i = 0; i < 12 && (await focused()) !== wanted; i++) await page.keyboard.press('Tab'); check((await focused()) === wanted, `no way to ${wanted}, but to ${await focused()}`); };
    await open(page, `/activate?code=${tv.code.toLowerCase()}`);
    await tabTo('email');
    await page.keyboard.type(who);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.choice');
    const sizes = await page.$$eval('.choice button', (all) => all.map((b) => `${Math.round(b.offsetWidth)} ${Math.round(b.offsetHeight)} ${getComputedStyle(b).backgroundColor} ${getComputedStyle(b).borderColor}`));
    check(sizes.length === 2 && sizes[0] === sizes[1], `yes and no differ: ${sizes}`);
    check((await tv.poll()) === 'pending', 'let in by looking');
    await tabTo('yes');
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    check(ring === 'solid', 'the focus is not seen');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=status]');
    await until('the television hears of it', async () => (await tv.poll()) === 'confirmed', 20_000);
  }));

  const LOOKS = [
    ['phone-dark-en', [360, 740], 'dark', 'en-US'],
    ['phone-light-ko', [360, 740], 'light', 'ko-KR'],
    ['phone-dark-pt', [360, 740], 'dark', 'pt-BR'],
    ['desktop-dark-es', [1280, 800], 'dark', 'es-ES'],
    ['desktop-light-zh', [1280, 800], 'light', 'zh-TW'],
  ];
  test('accounts: pages fit, and axe-core finds nothing serious', async () => {
    const found = [];
    for (const [name, size, colorScheme, locale] of LOOKS) {
      await withPage({ size, colorScheme, locale, reducedMotion: 'reduce', deviceScaleFactor: size[0] < 500 ? 2 : 1 }, async (page) => {
        const look = async (what) => {
          await page.screenshot({ path: join(shots, `accounts-${what}-${name}.png`), fullPage: true });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          check(wide <= 0, `${what} in ${name} is ${wide} px too wide`);
          await page.evaluate(axe);
          const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
          for (const v of result.violations) if (['serious', 'critical'].includes(v.impact)) found.push(`${what} ${name}: ${v.id} (${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')})`);
        };
        for (const path of ['sign-in', 'sign-up', 'forgot-password', 'reset-password?token=x', 'reset-password', 'end-session']) {
          await open(page, `/${path}`);
          await look(path.replace('?', '-').replace('=', '-'));
        }
        await open(page, '/sign-in');
        await send(page);
        await look('sign-in-faults');
        const who = address();
        await open(page, '/sign-up');
        await page.fill('#email', who);
        await send(page);
        await look('sign-up-code');
        await page.fill('#code', await mail(page, who, /(?:^|\D)(\d{6})(?:\D|$)/));
        await send(page);
        await look('sign-up-finish');
        await page.fill('#password', PASSWORD);
        await send(page);
        await page.waitForURL(base + '/');
        await open(page, '/sign-in');
        await look('signed-in');
        await open(page, '/activate');
        await look('activate');
        const tv = await television(page);
        await open(page, `/activate?code=${tv.code}`);
        await look('activate-question');
        await page.click('.choice button[value=no]');
        await look('activate-away');
        const elsewhere = { headers: { 'service-name': 'amasian', 'user-agent': 'Somebody else' }, data: { email: who, password: PASSWORD } };
        check((await page.request.post(`${base}${API}/auth/sign-in/`, elsewhere)).ok(), 'no sign-in elsewhere');
        const revoke = await mail(page, who, /href="([^"]*\/end-session\?token=[^"]*)"/);
        await page.goto(revoke);
        await look('end-session-question');
        await send(page);
        await look('end-session-done');
      });
    }
    check(found.length === 0, found.join('; '));
  });
};
