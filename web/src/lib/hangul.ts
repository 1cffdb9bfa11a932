// Hangul from single keys, for the on-screen keyboard: what an input method does, on the two-set layout.
// The text alone is the state: a key joins the last character where it can.

const INITIALS = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'];
const VOWELS = [...'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'];
const FINALS = ['', ...'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'];
const PAIRS: Record<string, string> = { ㅗㅏ: 'ㅘ', ㅗㅐ: 'ㅙ', ㅗㅣ: 'ㅚ', ㅜㅓ: 'ㅝ', ㅜㅔ: 'ㅞ', ㅜㅣ: 'ㅟ', ㅡㅣ: 'ㅢ', ㄱㅅ: 'ㄳ', ㄴㅈ: 'ㄵ', ㄴㅎ: 'ㄶ', ㄹㄱ: 'ㄺ', ㄹㅁ: 'ㄻ', ㄹㅂ: 'ㄼ', ㄹㅅ: 'ㄽ', ㄹㅌ: 'ㄾ', ㄹㅍ: 'ㄿ', ㄹㅎ: 'ㅀ', ㅂㅅ: 'ㅄ' };
const PARTS = Object.fromEntries(Object.entries(PAIRS).map(([pair, one]) => [one, [...pair]]));
const FIRST = 0xac00;

interface Syllable { initial: string; vowel: string; final: string }

function split(character: string | undefined): Syllable | undefined {
  const code = (character?.codePointAt(0) ?? 0) - FIRST;
  if (code < 0 || code >= 19 * 21 * 28) return undefined;
  return { initial: INITIALS[Math.floor(code / 588)]!, vowel: VOWELS[Math.floor((code % 588) / 28)]!, final: FINALS[code % 28]! };
}

function join({ initial, vowel, final }: Syllable): string {
  return String.fromCodePoint(FIRST + INITIALS.indexOf(initial) * 588 + VOWELS.indexOf(vowel) * 28 + FINALS.indexOf(final));
}

/** The text after one more key; keys that are not Hangul are simply added. */
export function typed(text: string, key: string): string {
  const all = [...text];
  const last = all.at(-1);
  const before = all.slice(0, -1).join('');
  const syllable = split(last);
  if (VOWELS.includes(key)) {
    if (syllable?.final) {
      // The final belongs to the new syllable; of a double one only its second half.
      const parts = PARTS[syllable.final] ?? ['', syllable.final];
      return before + join({ ...syllable, final: parts[0]! }) + join({ initial: parts[1]!, vowel: key, final: '' });
    }
    if (syllable) {
      const both = PAIRS[syllable.vowel + key];
      return both ? before + join({ ...syllable, vowel: both }) : text + key;
    }
    if (last && INITIALS.includes(last)) return before + join({ initial: last, vowel: key, final: '' });
    const both = last && PAIRS[last + key];
    return both ? before + both : text + key;
  }
  if (syllable && FINALS.includes(key)) {
    const final = syllable.final ? PAIRS[syllable.final + key] : key;
    if (final) return before + join({ ...syllable, final });
  }
  return text + key;
}

/** The text after one step back: a key of the last syllable, or the last character. */
export function erased(text: string): string {
  const all = [...text];
  const last = all.pop();
  const before = all.join('');
  const syllable = split(last);
  if (!syllable) return before;
  if (syllable.final) return before + join({ ...syllable, final: PARTS[syllable.final]?.[0] ?? '' });
  const vowel = PARTS[syllable.vowel]?.[0];
  return before + (vowel ? join({ ...syllable, vowel }) : syllable.initial);
}
