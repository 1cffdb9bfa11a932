// Who keeps favorites and progress while nobody is signed in: this browser, under a random name that it makes once.
import { readStored, writeStored } from './stored';

let known: string | undefined;

export function deviceId(): string {
  if (known) return known;
  const stored = readStored('did');
  if (stored && /^[\x21-\x7e]{1,128}$/.test(stored)) return (known = stored);
  // Not randomUUID: pages over plain http, as at home, do not have it.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  known = `web-${Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')}`;
  writeStored('did', known);
  return known;
}
