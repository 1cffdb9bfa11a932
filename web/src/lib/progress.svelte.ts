// How far this browser has watched what. The server has the truth and fills the rows; this copy answers at once,
// shows a bar on every tile, and stands in while a save is on its way or has failed.
import { call, forgetPersonal, type ContentInfo, type Tile } from './api';
import { onChange } from './session.svelte';
import { readObject, writeStored } from './stored';

/** `at`: seconds watched; `of`: running time in seconds, 0 when unknown; `when`: time of the write in milliseconds. */
export interface Mark { at: number; of: number; when: number; unsent?: boolean }

const STORE = 'progress';
const KEPT = 300;
/** As the server has it: watched when no more than a twentieth is left. */
export const FINISHED = 0.95;
/** Less than this is no viewing that anybody would go on with. */
export const BEGUN_S = 3;

let marks = $state.raw<Record<string, Mark>>(readObject<Mark>(STORE));
let pending: Promise<unknown> = Promise.resolve();

onChange((somebody) => {
  if (somebody) return; // what was watched before signing in goes into the account
  marks = {};
  writeStored(STORE, '{}');
});

function put(id: number, mark: Mark) {
  const all = Object.entries<Mark>({ ...marks, [id]: mark });
  if (all.length > KEPT) all.sort((a, b) => b[1].when - a[1].when).length = KEPT;
  marks = Object.fromEntries(all);
  writeStored(STORE, JSON.stringify(marks));
}

export const markOf = (id: number): Mark | undefined => marks[id];
export const anyProgress = () => Object.keys(marks).length > 0;

export function isFinished(at: number, of: number): boolean {
  return of > 0 && at >= of * FINISHED;
}

/** Where playing goes on, in seconds; 0 when it was not begun, or is finished. */
export function resumeAt(id: number): number {
  const mark = marks[id];
  return mark && mark.at >= BEGUN_S && !isFinished(mark.at, mark.of) ? mark.at : 0;
}

/** The watched part of a tile, 0 to 1. */
export function watched(tile: Tile): number {
  if (tile.kind !== 'content') return 0;
  const info = tile.info as ContentInfo;
  const mark = marks[info.content_id];
  const of = mark?.of || Number(info.duration) || 0;
  const at = mark?.at ?? tile.lastPosition ?? 0;
  return of > 0 && at >= BEGUN_S ? Math.min(1, at / of) : 0;
}

/** Takes over what the server knows, except where this browser could not tell it the newest. */
export function learn(tiles: Tile[]) {
  for (const tile of tiles) {
    if (tile.kind !== 'content' || tile.lastPosition === undefined) continue;
    const info = tile.info as ContentInfo;
    const mark = marks[info.content_id];
    if (mark && (mark.unsent || mark.at === tile.lastPosition)) continue;
    put(info.content_id, { at: tile.lastPosition, of: mark?.of || Number(info.duration) || 0, when: mark?.when ?? 0 });
  }
}

/** Saves a position, here at once and then on the server. `leaving`: the page goes away, the request must outlive it. */
export function save(id: number, at: number, of: number, leaving = false): Promise<void> {
  const mark: Mark = { at, of, when: Date.now(), unsent: true };
  put(id, mark);
  const sent = call('/continue-watching/', { method: 'POST', personal: true, keepalive: leaving, body: { content_id: id, last_position: at } }).then(
    () => { if (marks[id]?.when === mark.when) put(id, { at, of, when: mark.when }); },
    () => {}, // kept here as unsent; the next save tries again
  );
  pending = Promise.all([pending, sent]);
  void sent.then(forgetPersonal);
  forgetPersonal();
  return sent;
}

/** Resolves when every save on its way has arrived, so that a row asked for afterwards knows it. */
export const saved = () => pending;
