// Arrow keys move focus to the nearest thing in that direction, as a remote control expects.
// Rows ([data-row]) keep left and right to themselves, and remember where they were left.

export type Direction = 'left' | 'right' | 'up' | 'down';
export interface Box { left: number; right: number; top: number; bottom: number }

/** Lower is nearer; undefined when `to` does not lie in that direction. */
export function distance(from: Box, to: Box, direction: Direction): number | undefined {
  const slack = 4;
  const horizontal = direction === 'left' || direction === 'right';
  const ahead =
    direction === 'right' ? to.left - from.right : direction === 'left' ? from.left - to.right : direction === 'down' ? to.top - from.bottom : from.top - to.bottom;
  const centre = (b: Box) => (horizontal ? (b.left + b.right) / 2 : (b.top + b.bottom) / 2);
  const forward = direction === 'right' || direction === 'down' ? centre(to) - centre(from) : centre(from) - centre(to);
  if (forward <= slack || ahead < -Math.max(slack, forward * 0.9)) return undefined;
  const [a0, a1, b0, b1] = horizontal ? [from.top, from.bottom, to.top, to.bottom] : [from.left, from.right, to.left, to.right];
  const gap = Math.max(0, Math.max(a0, b0) - Math.min(a1, b1));
  if (horizontal && gap > 0) return undefined; // sideways never means another line
  const offset = Math.abs((a0 + a1) / 2 - (b0 + b1) / 2);
  return Math.max(0, ahead) + gap * 2 + offset * 0.15;
}

const FOCUSABLE = 'a[href],button:not([disabled]),input:not([disabled]),select:not([disabled]),[tabindex="0"]';
const lastInRow = new WeakMap<Element, HTMLElement>();

export function focusables(scope: ParentNode): HTMLElement[] {
  return [...scope.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((el) => el.tabIndex >= 0 && el.getClientRects().length > 0 && !el.closest('[inert]') && getComputedStyle(el).visibility !== 'hidden');
}

const reduced = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

export function reveal(el: HTMLElement) {
  const behavior = reduced() ? 'auto' : 'smooth';
  const track = el.closest<HTMLElement>('.track');
  if (track) {
    // Both directions at once would cancel each other's smooth scrolling: the row by itself, then the page.
    const edge = parseFloat(getComputedStyle(track).scrollPaddingLeft) || 0;
    const [box, frame] = [el.getBoundingClientRect(), track.getBoundingClientRect()];
    const over = box.right + edge - frame.right, under = frame.left + edge - box.left;
    if (over > 0) track.scrollTo({ left: track.scrollLeft + over, behavior });
    else if (under > 0) track.scrollTo({ left: track.scrollLeft - under, behavior });
    const top = scrollY + box.top - (innerHeight - box.height) / 2;
    return window.scrollTo({ top: Math.max(0, top), behavior });
  }
  el.scrollIntoView({ block: el.closest('.grid') ? 'center' : 'nearest', inline: 'nearest', behavior });
}

export function focusOn(el: HTMLElement) {
  const row = el.closest('[data-row]');
  if (row) lastInRow.set(row, el);
  el.focus({ preventScroll: true });
  reveal(el);
}

export function move(direction: Direction, scope: ParentNode = document): boolean {
  const active = document.activeElement;
  const all = focusables(scope);
  if (!(active instanceof HTMLElement) || active === document.body || !all.includes(active)) {
    const first = all.find((el) => el.matches('[data-autofocus]')) ?? all.find((el) => el.closest('main')) ?? all[0];
    if (!first) return false;
    focusOn(first);
    return true;
  }
  const from = active.getBoundingClientRect();
  const row = active.closest('[data-row]');
  if (row) lastInRow.set(row, active);
  const horizontal = direction === 'left' || direction === 'right';
  let best: HTMLElement | undefined;
  let least = Infinity;
  for (const el of all) {
    if (el === active || (horizontal && row && el.closest('[data-row]') !== row)) continue;
    const box = el.getBoundingClientRect();
    // Moving up or down, tiles scrolled out of a row are not candidates.
    if (!horizontal && (box.right <= 0 || box.left >= innerWidth)) continue;
    const d = distance(from, box, direction);
    if (d !== undefined && d < least) [best, least] = [el, d];
  }
  if (!best) {
    if (direction === 'up' && scope === document) window.scrollTo({ top: 0, behavior: reduced() ? 'auto' : 'smooth' });
    return false;
  }
  if (!horizontal) {
    const nextRow = best.closest('[data-row]');
    const remembered = nextRow && nextRow !== row ? lastInRow.get(nextRow) : undefined;
    if (remembered?.isConnected && all.includes(remembered)) best = remembered;
  }
  focusOn(best);
  return true;
}

const ARROWS: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

export function arrow(event: KeyboardEvent): Direction | undefined {
  return event.ctrlKey || event.metaKey || event.altKey ? undefined : ARROWS[event.key];
}

function typing(target: EventTarget | null, direction: Direction): boolean {
  if (target instanceof HTMLSelectElement) return direction === 'up' || direction === 'down';
  if (target instanceof HTMLTextAreaElement) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  if (target.type === 'range') return direction === 'left' || direction === 'right';
  return (direction === 'left' || direction === 'right') && target.value !== '';
}

/** The page-wide listener; a dialog or menu marked [data-scope] keeps the focus inside; [data-own-keys] (the player) does it all by itself. */
export function startSpatial() {
  document.addEventListener('keydown', (event) => {
    const direction = arrow(event);
    if (!direction || event.defaultPrevented || event.isComposing || event.shiftKey || document.querySelector('[data-own-keys]') || typing(event.target, direction)) return;
    document.documentElement.classList.add('remote');
    const scopes = document.querySelectorAll<HTMLElement>('[data-scope]');
    const scope = scopes[scopes.length - 1] ?? document;
    if (move(direction, scope) || scope !== document) event.preventDefault();
  });
  document.addEventListener('pointermove', () => document.documentElement.classList.remove('remote'), { passive: true });
}
