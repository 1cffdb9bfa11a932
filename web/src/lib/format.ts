import type { ContentInfo } from './api';
import { t } from './i18n.svelte';

/** "1 h 12 min", "58 min", "42 s" from seconds in decimal digits. */
export function duration(seconds: string | null | undefined): string {
  const total = Number(seconds);
  if (!seconds || !Number.isFinite(total) || total <= 0) return '';
  if (total < 60) return t('title.seconds', { s: Math.round(total) });
  const minutes = Math.round(total / 60);
  return minutes < 60 ? t('title.minutes', { m: minutes }) : t('title.duration', { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** 3:07, 1:02:09 */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds || 0));
  const pad = (n: number) => String(n).padStart(2, '0');
  return s >= 3600 ? `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}` : `${Math.floor(s / 60)}:${pad(s % 60)}`;
}

export function age(rating: string): string {
  if (!rating) return '';
  return /^\d+$/.test(rating) ? t('title.age', { n: rating }) : rating.toUpperCase() === 'ALL' ? t('title.ageAll') : rating;
}

export function kindName(info: Pick<ContentInfo, 'content_type' | 'episode_order'>): string {
  if (info.content_type === 'movie') return t('title.movie');
  if (info.content_type === 'clip') return t('title.clip');
  return info.episode_order ? t('title.episode', { n: info.episode_order }) : t('title.series');
}
