// Which page an address means.

export type Route =
  | { name: 'home' } | { name: 'find' } | { name: 'setup' } | { name: 'lost' }
  | { name: 'series' | 'season' | 'title' | 'category' | 'watch'; slug: string };

export function parse(pathname: string): Route {
  const parts = pathname.split('/').filter(Boolean).map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
  if (parts.length === 0) return { name: 'home' };
  if (parts.length === 1 && (parts[0] === 'find' || parts[0] === 'setup')) return { name: parts[0] };
  if (parts.length === 2 && parts[0] === 'watch') return { name: 'watch', slug: parts[1]! };
  if (parts.length === 3 && parts[0] === 'browse') {
    const kind = parts[1];
    if (kind === 'series' || kind === 'season' || kind === 'title' || kind === 'category') return { name: kind, slug: parts[2]! };
  }
  return { name: 'lost' };
}
