// The page's own words in six languages. Catalog texts come translated from the server.
import { setApiLanguage } from './api';

export const LANGUAGES = ['ko', 'en', 'es', 'zh-hans', 'zh-hant', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Record<Language, string> = { ko: '한국어', en: 'English', es: 'Español', 'zh-hans': '简体中文', 'zh-hant': '繁體中文', pt: 'Português' };
const HTML_LANG: Record<Language, string> = { ko: 'ko', en: 'en', es: 'es', 'zh-hans': 'zh-Hans', 'zh-hant': 'zh-Hant', pt: 'pt' };

import type en from '../i18n/en.json';
export type Key = keyof typeof en;

const files = import.meta.glob<Record<string, string>>('../i18n/*.json', { eager: true, import: 'default' });
const STORE = 'marquee.language';

/** Best of our languages for a browser's list, such as ["zh-TW", "en-US"]. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const t = tag.toLowerCase();
    const exact = LANGUAGES.find((l) => l === t);
    if (exact) return exact;
    const primary = t.split('-')[0]!;
    if (primary === 'zh') return /hant|-tw|-hk|-mo/.test(t) ? 'zh-hant' : 'zh-hans';
    const found = LANGUAGES.find((l) => l === primary);
    if (found) return found;
  }
  return 'en';
}

function stored(): Language | undefined {
  try {
    const value = localStorage.getItem(STORE);
    return LANGUAGES.find((l) => l === value);
  } catch {
    return undefined;
  }
}

let current = $state<Language>('en');

function apply(language: Language) {
  setApiLanguage(language);
  document.documentElement.lang = HTML_LANG[language];
  current = language;
}

export function startLanguage() {
  apply(stored() ?? pickLanguage(navigator.languages));
}

export function setLanguage(language: Language) {
  apply(language);
  try { localStorage.setItem(STORE, language); } catch { /* private mode: for this visit only */ }
}

export const i18n = {
  get language() { return current; },
  get tag() { return HTML_LANG[current]; },
};

export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text = files[`../i18n/${current}.json`]?.[key] ?? files['../i18n/en.json']?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** "Korean" in the language of the page; the code itself when the browser does not know. */
export function languageName(code: string): string {
  if (!code || code === 'und') return t('track.unknown');
  try {
    return new Intl.DisplayNames([i18n.tag], { type: 'language' }).of(code.replace(/^zh-hans$/i, 'zh-Hans').replace(/^zh-hant$/i, 'zh-Hant')) ?? code;
  } catch {
    return code;
  }
}

export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let i = 0;
  while (n >= 1000 && i < units.length - 1) { n /= 1000; i++; }
  return `${new Intl.NumberFormat(i18n.tag, { maximumFractionDigits: n < 10 && i > 0 ? 1 : 0 }).format(n)} ${units[i]}`;
}
