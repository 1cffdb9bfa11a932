// History routing. Each entry remembers its scroll position and the focused element, so that Back lands where the viewer left.

import { parse } from './routes';

interface Place { y: number; focus: string | null; rows: Record<string, number> }

const here = () => new URL(window.location.href);
let url = $state.raw(here());
/** How the current page was reached; `back` restores the place. */
let arrival: { kind: 'load' | 'forward' | 'back'; place?: Place } = { kind: 'load' };

export const router = {
  get route() { return parse(url.pathname); },
  get url() { return url; },
  get arrival() { return arrival; },
};


/** A name for an element that survives re-rendering: its address, or its data-key. */
export function focusKey(el: Element | null): string | null {
  if (!(el instanceof HTMLElement)) return null;
  return el.dataset.key ?? (el instanceof HTMLAnchorElement ? `a:${el.closest('[data-row]')?.getAttribute('data-row') ?? ''}:${el.pathname}` : null);
}

function rememberPlace() {
  const rows: Place['rows'] = {};
  for (const el of document.querySelectorAll<HTMLElement>('[data-row] .track')) rows[el.closest('[data-row]')!.getAttribute('data-row')!] = el.scrollLeft;
  history.replaceState({ ...history.state, place: { y: window.scrollY, focus: focusKey(document.activeElement), rows } satisfies Place }, '');
}

export function go(to: string, options: { replace?: boolean } = {}) {
  const next = new URL(to, window.location.href);
  if (next.href === url.href) return;
  rememberPlace();
  // A page that takes this one's place, such as another season, keeps scroll and focus.
  arrival = options.replace ? { kind: 'back', place: { y: window.scrollY, focus: focusKey(document.activeElement), rows: {} } } : { kind: 'forward' };
  const depth = (history.state?.depth ?? 0) + (options.replace ? 0 : 1);
  if (options.replace) history.replaceState({ depth }, '', next);
  else history.pushState({ depth }, '', next);
  url = next;
  if (!options.replace) window.scrollTo(0, 0);
}

/** Back inside the app; a page opened from outside goes to `fallback` instead of leaving. */
export function back(fallback = '/') {
  if ((history.state?.depth ?? 0) > 0) history.back();
  else go(fallback, { replace: true });
}

export function startRouter() {
  history.scrollRestoration = 'manual';
  window.addEventListener('popstate', () => {
    arrival = { kind: 'back', place: history.state?.place };
    url = here();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest?.('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (parse(link.pathname).name === 'lost') return; // something the server answers, such as a file
    event.preventDefault();
    go(link.href);
  });
}

/** How far a row was scrolled sideways on the page that was gone back to. */
export function placedAt(row: string): number {
  return arrival.kind === 'back' ? arrival.place?.rows[row] ?? 0 : 0;
}

/** Called by a page once its content stands: puts scroll and focus where they belong. */
export function settle(root: HTMLElement, remote: boolean) {
  const { kind, place } = arrival;
  if (kind === 'back' && place) {
    for (const el of root.querySelectorAll<HTMLElement>('[data-row] .track')) {
      const left = place.rows[el.closest('[data-row]')!.getAttribute('data-row')!];
      if (left) el.scrollLeft = left;
    }
    window.scrollTo(0, place.y);
    if (place.focus) {
      for (const el of root.querySelectorAll<HTMLElement>('a,button')) {
        if (focusKey(el) !== place.focus) continue;
        el.focus({ preventScroll: true });
        // What was left in the middle of a smooth scroll, or lies under rows that have grown, is brought back into view.
        const box = el.getBoundingClientRect();
        if (box.top < 0 || box.bottom > innerHeight) el.scrollIntoView({ block: 'center', behavior: 'instant' });
        return;
      }
    }
  }
  // A finger needs no focus ring on a page that has just been opened.
  if (kind === 'load' && (!remote || matchMedia('(hover: none) and (pointer: coarse)').matches)) return;
  const target = root.querySelector<HTMLElement>('[data-autofocus]') ?? root;
  target.focus({ preventScroll: true });
}
