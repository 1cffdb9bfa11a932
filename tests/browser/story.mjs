// One household from the first start to the last account's end, on a server that nobody has used:
//   MARQUEE_STORY_URL    how this machine reaches it; it listens on all addresses
//   MARQUEE_STORY_SETUP  the set-up link that it printed
// The television and the operator sit at this machine, the phone in a network of its own, by plain http.
import { join } from 'node:path';
import { openNetwork } from './network.mjs';
import { readQr } from './qr.mjs';

const PASSWORD = 'ordinary words in a row';
const API = '/odx/api/v4';
const WAIT = 60_000;
const wait = { timeout: WAIT };
const TV = 'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36';

export default ({ test, check, skip, until, open, playsPast, launch, browser, find, shots, SIZES, DEMO }) => {
  const home = process.env.MARQUEE_STORY_URL?.replace(/\/$/, '');
  const link = process.env.MARQUEE_STORY_SETUP;
  const seen = (what, probe) => until(what, probe, WAIT);
  const send = (page) => page.click('main form button');
  const text = (page) => page.locator('main').textContent();
  const same = (one, other) => JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());

  /** A call from where the page is: what goes by Playwright's own client would not come from the phone's network. */
  const call = (page, method, path, { token, did, body, headers = {} } = {}) => page.evaluate(async ([m, p, h, b]) => {
    const response = await fetch(p, { method: m, headers: { 'Service-Name': 'amasian', ...h }, body: b && JSON.stringify(b) });
    return { status: response.status, body: await response.json().catch(() => null) };
  }, [method, API + path, { ...(did && { did }), ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': 'application/json' }), ...headers }, body]);
  const result = (answer, what) => {
    check(answer.status < 300, `${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body?.result;
  };
  /** A token of whoever is signed in on the page's site. */
  const token = async (page) => result(await call(page, 'POST', '/auth/refresh/'), 'refresh').access_token;
  const did = (page) => page.evaluate(() => localStorage.getItem('marquee.did'));
  const favorites = async (page, who) => result(await call(page, 'GET', '/favorites/', who), 'favorites').map((one) => `${one.type} ${one.source_id}`);
  /** Titles begun, each with its second. */
  const begun = async (page, who) => Object.fromEntries(result(await call(page, 'GET', '/carousel/?slug=continue&page_size=50', who), 'progress').results.map(({ data }) => [data.info.content_slug, data.last_position]));
  const signIn = (page, email) => call(page, 'POST', '/auth/sign-in/', { body: { email, password: PASSWORD } });
  /** A television keeps its refresh token itself and sends it as a cookie, which scripts of pages cannot. */
  const refreshes = async (from) => (await fetch(`${home}${API}/auth/refresh/`, { method: 'POST', headers: { 'Service-Name': 'amasian', Cookie: `refresh_token=${from}` } })).status;
  /** Whether media at an address come; what a page may read of other origins is not asked here. */
  const media = async (url) => (await fetch(url)).status;

  const mail = (to, pattern) => until(`mail to ${to}`, async () => {
    const html = await (await fetch(`${home}/outbox`)).text();
    const article = html.split('<article>').find((part) => part.includes(to) && pattern.test(part));
    return article?.match(pattern)?.[1].replaceAll('&amp;', '&');
  }, WAIT);

  async function signUp(page, email, name) {
    await page.click('a[href^="/sign-up"]');
    await page.fill('#email', email);
    await send(page);
    await page.fill('#code', await mail(email, /(?:^|\D)(\d{6})(?:\D|$)/));
    await send(page);
    await page.fill('#password', PASSWORD);
    await page.fill('#name', name);
    await send(page);
  }
  const signInHere = async (page, email) => { await page.fill('#email', email); await page.fill('#password', PASSWORD); await send(page); };
  /** On the set-up page; the first one is to be an operator. */
  async function addPerson(page, email) {
    await page.fill('input[type=email]', email);
    await page.fill('input[type=password]', PASSWORD);
    await page.click('form:has(input[type=email]) button');
    await seen(`${email} in the list`, async () => (await text(page)).includes(email));
  }
  async function keep(page, path) {
    await page.goto(new URL(path, page.url()).href);
    await page.waitForSelector('[data-key=heart]', wait);
    const saved = page.waitForResponse((r) => r.url().endsWith('/favorites/') && r.request().method() === 'POST', wait);
    await page.click('[data-key=heart]');
    const answer = await saved;
    check(answer.status() === 201, `a favorite is not kept: ${answer.status()}`);
    const { source_id: id, type } = answer.request().postDataJSON();
    return `${type} ${id}`;
  }

  test('story: from the first start to the last account', async () => {
    if (!home || !link) skip('MARQUEE_STORY_URL and MARQUEE_STORY_SETUP name no fresh server');
    let network, phones, alone = '';
    try { network = openNetwork(); } catch (error) { alone = String(error.stderr || error.message).trim(); }
    const contexts = [];
    let now = 'begin';
    const step = (name) => { now = name; };
    async function visitor(from, base, options = {}) {
      const { size = SIZES.desktop, ...rest } = options;
      const context = await from.newContext({ viewport: { width: size[0], height: size[1] }, locale: 'en-US', reducedMotion: 'reduce', ...rest });
      contexts.push(context);
      const page = await context.newPage();
      page.faults = [];
      page.on('pageerror', (error) => page.faults.push(`script error: ${error.message}`));
      await page.goto(base, { waitUntil: 'domcontentloaded' });
      return page;
    }
    try {
      const printed = new URL(link);
      const away = network ? `http://${network.here}:${new URL(home).port}` : home;
      phones = network ? await launch(network.inside(find())) : browser;
      const phoneLook = { size: SIZES.phone, hasTouch: true, isMobile: true };

      step('the television watches and keeps a film while nobody has an account');
      const tv = await visitor(browser, `${printed.origin}/?tv`, { size: SIZES.tv, userAgent: TV });
      const film = await keep(tv, `/browse/title/${DEMO.movie}`);
      await tv.goto(`${printed.origin}/watch/${DEMO.movie}`);
      await playsPast(tv, 5, WAIT);
      const device = await did(tv);
      const asDevice = { did: device };
      await seen('the progress of the television', async () => (await begun(tv, asDevice))[DEMO.movie] >= 3);
      const films = result(await call(tv, 'GET', '/content/?page_size=50', {}), 'titles').results;
      const id = films.find(({ data }) => data.info.content_slug === DEMO.movie)?.data.info.content_id ?? Number(film.split(' ')[1]);
      const before = result(await call(tv, 'GET', `/playback/${id}/`), 'playback').manifests[0].url;
      check((await media(before)) === 200, 'no media while the service is public');
      await tv.goto(`${printed.origin}/favorites`);

      step('the set-up link makes the first operator');
      const operator = await visitor(browser, link);
      await operator.waitForSelector('input[type=email]', wait);
      check(!operator.url().includes('token'), 'the token stays in the address');
      await addPerson(operator, 'olga@example.org');

      step('the operator chooses the public address');
      await operator.waitForSelector('#address', wait);
      check((await operator.inputValue('#address')) === printed.origin, `not the address that the browser used: ${await operator.inputValue('#address')}`);
      await operator.fill('#address', away);
      await operator.click('form:has(#address) button');
      await seen('the address', async () => (await operator.locator('#address-hint').textContent()).includes(away));

      step('the operator makes the service one for members');
      await operator.selectOption('select[aria-label=amasian]', 'members');
      await seen('the service closes', async () => (await call(operator, 'GET', '/content/')).status === 401);

      step('a signed-out visitor is asked to sign in');
      const phone = await visitor(phones, away, phoneLook);
      await phone.waitForSelector('[role=alert] a[href^="/sign-in"]', wait);
      for (const path of ['/content/', `/content/${DEMO.movie}/`, `/playback/${id}/`, '/carousel/?slug=picks', '/search/?q=harbor']) {
        const answer = await call(phone, 'GET', path);
        check(answer.status === 401 && answer.body.code === 'AUTHENTICATION_REQUIRED', `${path}: ${answer.status} ${answer.body?.code}`);
      }
      check((await call(tv, 'GET', `/playback/${id}/`, asDevice)).status === 401, 'the television still plays');
      await phone.goto(`${away}/watch/${DEMO.movie}`);
      await phone.waitForSelector('[role=alert]', wait);
      check(await phone.locator('video').evaluateAll((all) => all.every((v) => !v.currentSrc)), 'the player has media');

      step('somebody signs up on the phone, with the code from the mail');
      const sam = 'sam@example.org';
      await phone.goto(`${away}/sign-in?next=%2Ffavorites`);
      await signUp(phone, sam, 'Sam');
      check(new URL(phone.url()).pathname === '/favorites', phone.url());
      check(!(await phone.evaluate(() => isSecureContext)) || !network, 'the phone is not on plain http');

      step('signing out and in on the phone');
      await phone.goto(`${away}/sign-in`);
      await send(phone); // the one button there is
      await phone.goto(`${away}/sign-in?next=%2Ffavorites`);
      await signInHere(phone, sam);
      await phone.waitForSelector('.empty', wait);

      step('the phone keeps a series and watches an episode');
      const series = await keep(phone, `/browse/series/${DEMO.series}`);
      await phone.goto(`${away}/watch/${DEMO.title}`);
      await playsPast(phone, 5, WAIT);
      const samsToken = await token(phone);
      await seen('the progress of the phone', async () => (await begun(phone, { token: samsToken }))[DEMO.title] >= 3);

      step('the television shows a code');
      const asks = { did: device, headers: { 'X-Device-Type': 'ctv' } };
      const asked = result(await call(tv, 'POST', '/auth/ctv/activation/', { ...asks, body: {} }), 'activation');
      check(asked.qr_url === `${away}/activate?code=${asked.code}`, asked.qr_url);
      const poll = async (page, code, who) => call(page, 'GET', `/auth/ctv/activation/?code=${code}`, who);
      const shown = await visitor(browser, `${printed.origin}/activate/qr.svg?code=${asked.code}`, { size: [400, 400] });
      const address = readQr(await shown.screenshot(), skip);
      check(address === asked.qr_url, `the picture says ${address}`);

      step('the phone reads it, and sees what asks and from where');
      await phone.goto(address);
      const question = await text(phone);
      for (const part of [asked.code, 'Television', '127.0.0.0/24', sam, network ? 'It is not in the same network as you' : 'It is in the same network as you']) check(question.includes(part), `the question lacks ${part}: ${question}`);
      check((await poll(tv, asked.code, asks)).body.result.status === 'pending', 'let in by looking');

      step('another television, in the network of the phone, is turned away');
      const near = await visitor(phones, `${away}/pages.css`, { userAgent: TV });
      const other = { did: 'tv-in-the-kitchen', headers: { 'X-Device-Type': 'ctv' } };
      const kitchen = result(await call(near, 'POST', '/auth/ctv/activation/', { ...other, body: {} }), 'activation').code;
      await phone.goto(`${away}/activate?code=${kitchen}`);
      check((await text(phone)).includes('It is in the same network as you.'), await text(phone));
      if (network) check((await text(phone)).includes(`${network.there.replace(/\d+$/, '0')}/24`), await text(phone));
      await phone.click('.choice button[value=no]');
      await phone.waitForSelector('[role=status]', wait);
      const refused = await poll(near, kitchen, other);
      check(refused.body.code === 'ACTIVATION_CODE_NOT_FOUND', JSON.stringify(refused));

      step('an explicit yes lets the television in');
      await phone.goto(address);
      await phone.click('.choice button[value=yes]');
      await phone.waitForSelector('[role=status]', wait);
      const letIn = await seen('the tokens of the television', async () => { const answer = await poll(tv, asked.code, asks); return answer.body?.result?.status === 'confirmed' && answer.body.result; });
      check((await poll(tv, asked.code, asks)).status === 404, 'the tokens are given twice');
      const asTv = { did: device, token: letIn.access_token };

      step('what the television had goes into the account');
      check(same(await favorites(tv, asTv), [series]), `favorites before: ${await favorites(tv, asTv)}`);
      for (const _ of [1, 2]) result(await call(tv, 'POST', '/account/merge-device/', asTv), 'merge');
      check(same(await favorites(tv, asTv), [series, film]), `favorites after: ${await favorites(tv, asTv)}`);
      const both = await begun(tv, { token: samsToken });
      check(both[DEMO.movie] >= 3 && both[DEMO.title] >= 3, `progress after: ${JSON.stringify(both)}`);
      await phone.goto(`${away}/favorites`);
      await seen('both on the phone', async () => (await phone.locator('.grid .tile').count()) === 2);

      step('signing out everywhere ends the television, too');
      const manifest = result(await call(tv, 'GET', `/playback/${id}/`, asTv), 'playback').manifests[0].url;
      check((await media(manifest)) === 200, 'no media on the television');
      await phone.goto(`${away}/account`);
      await seen('the devices', async () => (await phone.locator('.list').nth(1).locator('li').count()) === 2);
      await phone.click('.top button >> nth=1');
      await phone.waitForURL(`${away}/`, wait);
      const next = await call(tv, 'GET', '/favorites/', asTv);
      check(next.status === 401, `the next call of the television: ${next.status}`);
      check((await media(manifest)) === 403, `its media: ${await media(manifest)}`);
      check((await call(phone, 'GET', '/favorites/', { token: samsToken })).status === 401, 'the phone goes on');
      check((await call(phone, 'POST', '/auth/refresh/')).status === 401, 'the phone refreshes');
      check((await refreshes(letIn.refresh_token)) === 401, 'the television refreshes');
      await phone.waitForSelector('[role=alert] a[href^="/sign-in"]', wait);

      step('a second account keeps something of its own');
      const kim = 'kim@example.org';
      const kims = await visitor(browser, `${away}/sign-in?next=%2Ffavorites`);
      await signUp(kims, kim, 'Kim');
      const song = await keep(kims, `/browse/title/${DEMO.mkv}`);
      const kimsToken = await token(kims);

      step('one account takes the other in, with proof of both');
      await phone.goto(`${away}/sign-in?next=%2Faccount`);
      await signInHere(phone, sam);
      await phone.waitForSelector('#other', wait);
      const merge = async (password) => {
        await phone.fill('#other', kim);
        await phone.fill('#otherPassword', password);
        await phone.click('form:has(#other) button');
      };
      await merge('not the password');
      await phone.waitForSelector('form:has(#other) [role=alert]', wait);
      await merge(PASSWORD);
      await phone.waitForSelector('form:has(#other) [role=status]', wait);
      let asSam = { token: await token(phone) };
      check(same(await favorites(phone, asSam), [series, film, song]), `favorites of both: ${await favorites(phone, asSam)}`);
      check((await call(kims, 'GET', '/favorites/', { token: kimsToken })).status === 401, 'the other account goes on');
      check((await signIn(kims, kim)).status === 401, 'the other account still signs in');

      step('the mailed link takes them apart again');
      const undo = await mail(kim, /href="([^"]*\/undo-merge\?token=[^"]*)"/);
      check(undo.startsWith(`${away}/`), `the link leads elsewhere: ${undo}`);
      for (const _ of [1, 2]) await kims.goto(undo); // looking spends nothing
      await send(kims);
      await kims.waitForSelector('[role=status]', wait);
      // Who was signed in to what both were may have come by what went back.
      check((await call(phone, 'GET', '/favorites/', asSam)).status === 401, 'the session goes on');
      await phone.goto(`${away}/sign-in?next=%2Ffavorites`);
      await signInHere(phone, sam);
      await phone.waitForURL((url) => url.pathname.startsWith('/favorites'), wait);
      asSam = { token: await token(phone) };
      check(same(await favorites(phone, asSam), [series, film]), `favorites after: ${await favorites(phone, asSam)}`);
      await kims.goto(`${away}/sign-in?next=%2Ffavorites`);
      await signInHere(kims, kim);
      await seen('the film of the second account', async () => (await kims.locator('.grid .tile').count()) === 1);
      check(same(await favorites(kims, { token: await token(kims) }), [song]), 'the second account lacks its own');

      step('the account is deleted');
      await phone.goto(`${away}/account`);
      await phone.fill('#proof', PASSWORD);
      await phone.check('.danger input[type=checkbox]');
      await phone.click('.danger button');
      await phone.waitForURL(`${away}/`, wait);

      step('nothing signs in any more, and what it had is gone');
      for (const path of ['/favorites/', '/account/profile/', '/account/export/']) check((await call(phone, 'GET', path, asSam)).status === 401, `${path} answers`);
      check((await call(phone, 'POST', '/auth/refresh/')).status === 401, 'the phone refreshes');
      const gone = await signIn(phone, sam);
      check(gone.status === 401, `the account signs in: ${gone.status}`);
      await phone.goto(`${away}/sign-in`);
      await signInHere(phone, sam);
      check((await phone.locator('[role=alert]').count()) === 1, 'the page signs in');
      await operator.reload();
      await operator.waitForSelector('#address', wait);
      await seen('the others in the list', async () => (await text(operator)).includes(kim));
      check(!(await text(operator)).includes(sam), 'the operator still sees the account');
      // By the operator: sign-up mails to one address are a minute apart.
      await addPerson(operator, sam);
      await phone.goto(`${away}/sign-in?next=%2Ffavorites`);
      await signInHere(phone, sam);
      await phone.waitForSelector('.empty', wait);
      const anew = { token: await token(phone) };
      check((await favorites(phone, anew)).length === 0 && Object.keys(await begun(phone, anew)).length === 0, 'the new account has what the old one had');
      for (const [name, page] of Object.entries({ tv, operator, phone, kims })) check(page.faults.length === 0, `${name}: ${page.faults.join('; ')}`);
    } catch (error) {
      error.message = `${now}: ${error.message}`;
      for (const [i, context] of contexts.entries()) await context.pages()[0]?.screenshot({ path: join(shots, `failed-story-${i}.png`) }).catch(() => {});
      throw error;
    } finally {
      for (const context of contexts) await context.close().catch(() => {});
      if (phones && phones !== browser) await phones.close();
      network?.close();
    }
    if (!network) skip(`all but a second network holds; that is not to be had here: ${alone}`);
  });
};
