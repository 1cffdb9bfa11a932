// Which page an address means.

export type Route =
  | { name: 'home' | 'find' | 'favorites' | 'channels' | 'setup' | 'account' | 'lost' }
  | { name: 'series' | 'season' | 'title' | 'category' | 'row' | 'channel' | 'multichannel' | 'watch'; slug: string };

const PLAIN = ['find', 'favorites', 'setup', 'account'] as const;
const BELOW_BROWSE = ['series', 'season', 'title', 'category', 'row', 'channel', 'multichannel'] as const;

export function parse(pathname: string): Route {
  const parts = pathname.split('/').filter(Boolean).map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
  if (parts.length === 0) return { name: 'home' };
  const [first, second, third] = parts;
  const plain = PLAIN.find((name) => parts.length === 1 && name === first);
  if (plain) return { name: plain };
  if (parts.length === 2 && first === 'watch') return { name: 'watch', slug: second! };
  if (parts.length === 2 && first === 'browse' && second === 'channels') return { name: 'channels' };
  const kind = BELOW_BROWSE.find((name) => parts.length === 3 && first === 'browse' && name === second);
  if (kind) return { name: kind, slug: third! };
  return { name: 'lost' };
}
