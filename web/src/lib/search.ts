// Search as one types: only the newest question is waited for, and answers just given are kept for the way back.
import { tile, type Tile } from './api';
import { search } from './home';
import { i18n } from './i18n.svelte';

export interface Group { kind: Tile['kind']; tiles: Tile[] }
export interface Found { groups: Group[]; count: number; completions: string[] }

const KEPT = 30;
const FRESH_MS = 60_000;
const known = new Map<string, { at: number; found: Found }>();
let asking: AbortController | undefined;

/** By kind, the kind of the best hit first; within a kind the best first. */
export function grouped(tiles: Tile[]): Group[] {
  const groups = new Map<Tile['kind'], Tile[]>();
  for (const one of tiles) groups.set(one.kind, [...(groups.get(one.kind) ?? []), one]);
  return [...groups].map(([kind, all]) => ({ kind, tiles: all }));
}

/** Undefined when a newer question came meanwhile. */
export async function find(text: string): Promise<Found | undefined> {
  asking?.abort();
  asking = undefined;
  const key = `${i18n.language} ${text}`;
  const hit = known.get(key);
  if (hit && Date.now() - hit.at < FRESH_MS) return hit.found;
  const mine = (asking = new AbortController());
  try {
    const answer = await search(text, mine.signal);
    const tiles = answer.results.map(tile);
    const folded = text.toLocaleLowerCase();
    const found = { groups: grouped(tiles), count: tiles.length, completions: answer.auto_complete.filter((c) => c.toLocaleLowerCase() !== folded) };
    known.set(key, { at: Date.now(), found });
    if (known.size > KEPT) known.delete(known.keys().next().value!);
    return mine.signal.aborted ? undefined : found;
  } catch (error) {
    if (mine.signal.aborted) return undefined;
    throw error;
  }
}

/** Nobody waits any more. */
export function giveUp() {
  asking?.abort();
  asking = undefined;
}
