// The player's keys: a keyboard's letters, a remote control's arrows, the keys of media keyboards.
import { arrow, move } from '../lib/spatial';
import { SPEEDS } from './menus';

/** What the keys act on, as it is at the moment of the press. */
export interface Keyed {
  root: HTMLElement;
  menu: boolean;
  /** What follows is offered. */
  counting: boolean;
  /** The beginning is offered. */
  offering: boolean;
  broken: boolean;
  controls: boolean;
  volume: number;
  speed: number;
  duration: number;
  act: {
    toggle: () => void; play: () => void; pause: () => void; skip: (by: number) => void; seek: (to: number) => void; loud: (to: number) => void; mute: () => void; fullscreen: () => void; pip: () => void;
    subtitles: () => void; follow: () => void; setSpeed: (to: number) => void; stir: () => void; closeMenu: () => void; decline: () => void; leave: () => void;
  };
}

const BACK = ['Escape', 'Backspace', 'GoBack', 'BrowserBack'];

export const isBack = (key: string) => BACK.includes(key);

function letters({ act, volume, speed, duration }: Keyed): Record<string, () => void> {
  const faster = (by: number) => act.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(speed) + by))]!);
  return {
    ' ': act.toggle, k: act.toggle, Enter: act.toggle, MediaPlayPause: act.toggle, MediaPlay: act.play, MediaPause: act.pause, Pause: act.toggle,
    j: () => act.skip(-10), l: () => act.skip(10), MediaRewind: () => act.skip(-10), MediaFastForward: () => act.skip(10), m: act.mute, f: act.fullscreen, p: act.pip,
    c: act.subtitles, n: act.follow, MediaTrackNext: act.follow, '>': () => faster(1), '<': () => faster(-1),
    Home: () => act.seek(0), End: () => act.seek(duration - 1), '+': () => act.loud(volume + 0.05), '-': () => act.loud(volume - 0.05),
  };
}

/** Where an arrow goes from the picture itself. */
function entrance({ counting, offering, controls }: Keyed, up: boolean): string {
  if (counting) return '.upnext button';
  if (up && offering) return '.resumed button';
  return up && controls ? '[data-key="leave"]' : '[data-key="toggle"]';
}

export function press(event: KeyboardEvent, player: Keyed) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const { root, act } = player;
  const { key } = event;
  const target = event.target as HTMLElement;
  const onControl = target !== root && target !== document.body && root.contains(target);
  const direction = arrow(event);
  const done = () => { event.preventDefault(); event.stopPropagation(); };

  if (isBack(key)) {
    done();
    if (player.menu) act.closeMenu();
    else if (player.counting) act.decline();
    else act.leave();
    return;
  }
  if (player.broken) {
    if (direction) { done(); move(direction, root); }
    return;
  }
  if (direction) {
    done();
    const menu = player.menu && root.querySelector('.menu');
    if (menu) { act.stir(); move(direction, menu); return; }
    const sideways = direction === 'left' || direction === 'right';
    if (sideways && (!onControl || target.closest('[role="slider"]'))) return act.skip(direction === 'left' ? -10 : 10);
    act.stir();
    if (onControl) { move(direction, root); return; }
    if (event.shiftKey) return act.loud(player.volume + (direction === 'up' ? 0.05 : -0.05));
    root.querySelector<HTMLElement>(entrance(player, direction === 'up'))?.focus();
    return;
  }
  if ((key === ' ' || key === 'Enter') && onControl && target.closest('button,input,a')) return act.stir();
  const does = letters(player)[key.length === 1 ? key.toLowerCase() : key];
  if (does) { done(); does(); act.stir(); }
  else if (/^[0-9]$/.test(key) && player.duration) { done(); act.seek((player.duration * Number(key)) / 10); }
  else if (key === 'Tab') act.stir();
}
