// Pictures come in fixed widths (docs/artwork.md); addresses from elsewhere are left as they are.
const OURS = /\/art\/(m\/[^/?#]+\/)?[^/?#]+$/;

export type Width = 160 | 320 | 480 | 720 | 1080 | 1920;

export const sized = (url: string, width: Width) => (OURS.test(url) ? `${url}/${width}` : url);

/** For `srcset`: each width that is worth asking for; nothing for addresses from elsewhere. */
export const widths = (url: string, ...all: Width[]) => (OURS.test(url) ? all.map((width) => `${url}/${width} ${width}w`).join(', ') : undefined);

/** The large picture of a page, the same wherever it is asked for, so that it is fetched once. */
export const stage = (url: string): { src: string; sizes?: string; srcset?: string } =>
  OURS.test(url) ? { sizes: '(max-width: 60rem) 100vw, 48vw', srcset: widths(url, 480, 720, 1080, 1920)!, src: sized(url, 1080) } : { src: url };
