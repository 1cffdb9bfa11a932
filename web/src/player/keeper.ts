// When progress is saved: as soon as watching is more than a glance, then every ten seconds, and whenever something ends:
// a pause, a seek, the film, the page.
import { BEGUN_S, save } from '../lib/progress.svelte';

const EVERY_MS = 10_000;
/** Seeking by held keys is one seek. */
const SEEK_MS = 800;

export class Keeper {
  #at = 0;
  #seen = 0; // seconds that were really watched
  #kept = -1;
  #due = 0;
  #seek: ReturnType<typeof setTimeout> | undefined;
  #stop = new AbortController();

  /** `of`: running time in seconds; 0 while unknown. */
  constructor(private id: number, private of: () => number) {
    const leaving = () => this.keep(true);
    // A phone that throws the page away says only that it was hidden.
    document.addEventListener('visibilitychange', () => { if (document.hidden) leaving(); }, { signal: this.#stop.signal });
    window.addEventListener('pagehide', leaving, { signal: this.#stop.signal });
  }

  /** The picture moved on. */
  tick(time: number) {
    const step = time - this.#at;
    if (step > 0 && step < 2) this.#seen += step;
    this.#at = time;
    if (performance.now() >= this.#due) this.keep();
  }

  sought(time: number) {
    this.#at = time;
    clearTimeout(this.#seek);
    this.#seek = setTimeout(() => this.keep(), SEEK_MS);
  }

  ended() {
    this.#at = Math.ceil(this.of() || this.#at);
    this.#seen = Math.max(this.#seen, BEGUN_S);
    this.keep();
  }

  keep(leaving = false) {
    const at = Math.floor(this.#at);
    if (this.#seen < BEGUN_S || at === this.#kept) return;
    this.#kept = at;
    this.#due = performance.now() + EVERY_MS;
    void save(this.id, at, this.of(), leaving);
  }

  destroy() {
    clearTimeout(this.#seek);
    this.#stop.abort();
    this.keep(true);
  }
}
