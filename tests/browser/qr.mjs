// QR pictures as somebody else's reader sees them: zbarimg.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a picture (PNG) says. */
export function readQr(picture, skip) {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-qr-'));
  const file = join(folder, 'code.png');
  try {
    writeFileSync(file, picture);
    return execFileSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    if (error.code === 'ENOENT') skip('zbarimg is missing (Debian package zbar-tools)');
    throw new Error(`nothing can be read: ${String(error.stderr ?? error)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export default ({ test, check, skip, withPage, open, base }) => {
  test('accounts: QR pictures are read by an independent reader', () => withPage({}, async (page) => {
    const headers = { 'service-name': 'amasian', did: `tv-${Date.now()}` };
    const answer = await page.request.post(`${base}/odx/api/v4/auth/ctv/activation/`, { headers, data: {} });
    const { code, qr_url: wanted, activation_url: address } = (await answer.json()).result;
    check(wanted === `${address}?code=${code}`, `${wanted} is not ${address} with the code`);
    const png = await page.request.get(`${base}/activate/qr.png?code=${code}`);
    const read = readQr(await png.body(), skip);
    check(read === wanted, `the PNG says ${read}, not ${wanted}`);
    // As large as on a television, and as small as beside a text.
    for (const side of [600, 180]) {
      await page.setViewportSize({ width: side, height: side });
      await open(page, `/activate/qr.svg?code=${code}`);
      const seen = readQr(await page.screenshot(), skip);
      check(seen === wanted, `the SVG of ${side} px says ${seen}, not ${wanted}`);
    }
  }));
};
