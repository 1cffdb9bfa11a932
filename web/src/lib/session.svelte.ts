// Who is signed in. The refresh token is a cookie that no script sees; the access token lives in memory and is gone
// with the page. A second cookie that says nothing but "signed in" spares everybody else a call.
import { deviceId } from './device';
import { fetchJson } from './http';

export interface User { id: number; uuid: string; email: string; display_name: string; is_email_verified: boolean }

const HINT = 'signed_in';
/** A token is traded this long before it lapses, so that no call meets its end. */
const AHEAD_MS = 60_000;

let user = $state.raw<User>();
let access: { token: string; until: number } | undefined;
let trading: Promise<boolean> | undefined;
let service = '';
/** Told when who is signed in has changed, so that what was kept for somebody else is forgotten. */
const listeners: ((somebody: boolean) => void)[] = [];
const changed = (somebody = user !== undefined) => { for (const tell of listeners) tell(somebody); };

export const session = {
  get user() { return user; },
};

export function onChange(then: (somebody: boolean) => void) {
  listeners.push(then);
}

export const hinted = () => document.cookie.split('; ').includes(`${HINT}=1`);

function unhint() {
  document.cookie = `${HINT}=; Path=/; Max-Age=0; SameSite=Lax`;
}

/** When a token lapses, by its own word; in five minutes when it cannot be read. */
function lapses(token: string): number {
  try {
    const claims = JSON.parse(atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')));
    return claims.exp * 1000;
  } catch {
    return Date.now() + 300_000;
  }
}

async function trade(): Promise<boolean> {
  const { response, body } = await fetchJson('/odx/api/v4/auth/refresh/', { method: 'POST', credentials: 'same-origin', headers: { 'Service-Name': service, did: deviceId() } });
  if (response.ok && body?.result) {
    access = { token: body.result.access_token, until: lapses(body.result.access_token) };
    const was = user?.uuid;
    user = body.result.user;
    if (body.result.merge_needed) await authorised('POST', '/account/merge-device/');
    if (was !== user?.uuid) changed();
    return true;
  }
  if (response.status === 401 || response.status === 403) leave();
  return false;
}

async function authorised(method: string, path: string): Promise<void> {
  await fetchJson(`/odx/api/v4${path}`, { method, headers: { 'Service-Name': service, did: deviceId(), ...bearer() } }).catch(() => {});
}

const bearer = (): Record<string, string> => (access ? { Authorization: `Bearer ${access.token}` } : {});

/** Trades the cookie for a new token; calls at the same moment, also in other tabs, wait for one. */
function renew(): Promise<boolean> {
  if (trading) return trading;
  const inTurn = async (): Promise<boolean> => (navigator.locks ? await navigator.locks.request('marquee.refresh', trade) : trade());
  return (trading = inTurn().catch(() => false).finally(() => { trading = undefined; }));
}

/** Headers that say who asks; none when nobody is signed in. */
export async function authorization(name: string): Promise<Record<string, string>> {
  service = name;
  if (access && access.until - Date.now() > AHEAD_MS) return bearer();
  if (!access && !hinted()) return {};
  await renew();
  return bearer();
}

/** After an answer that refused a token: whether there is a new one to try with. */
export async function renewed(sent: string | undefined): Promise<boolean> {
  if (sent === undefined) return false;
  // Another call may have traded it meanwhile.
  if (access && `Bearer ${access.token}` !== sent) return true;
  access = undefined;
  return renew();
}

/** Nobody is signed in here any more, and the page goes elsewhere. It stays as it is until then: drawn anew for nobody, it might ask
 * to sign in and go there instead. */
export function leaveFor(address: string) {
  access = undefined;
  unhint();
  changed(false);
  location.assign(address);
}
// Going back to a page that was left like that must not show whose it was.
if (typeof window !== 'undefined') addEventListener('pageshow', (event) => { if (event.persisted && user && !hinted()) location.reload(); });

/** Nobody is signed in here any more. */
export function leave() {
  const was = user !== undefined || access !== undefined;
  access = undefined;
  user = undefined;
  unhint();
  if (was) changed();
}

export function renamed(name: string) {
  if (user) user = { ...user, display_name: name };
}
