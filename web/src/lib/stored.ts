// What this browser keeps between visits. Where it keeps nothing (private mode, a full disk), the visit itself remembers.
const visit = new Map<string, string>();
const PREFIX = 'marquee.';

export function readStored(name: string): string | null {
  try { return localStorage.getItem(PREFIX + name) ?? visit.get(name) ?? null; } catch { return visit.get(name) ?? null; }
}

export function writeStored(name: string, value: string) {
  try { localStorage.setItem(PREFIX + name, value); visit.delete(name); } catch { visit.set(name, value); }
}

/** A stored JSON object; an empty one when there is none, or something else. */
export function readObject<T>(name: string): Record<string, T> {
  try {
    const value: unknown = JSON.parse(readStored(name) ?? '{}');
    return value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, T>) : {};
  } catch {
    return {};
  }
}
