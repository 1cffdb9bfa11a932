import { expect, it } from 'vitest';
import { erased, typed } from './hangul';

const type = (keys: string) => [...keys].reduce(typed, '');

it('composes syllables from keys', () => {
  expect(type('ㅎㅏㅇㄱㅜㅇㅢㅂㅜㄹㅂㅣㅊ')).toBe('항구의불빛');
  expect(type('ㄷㅏㄹㄱ')).toBe('닭');
  expect(type('ㄷㅏㄹㄱㅣ')).toBe('달기');
  expect(type('ㄱㅏㅇㅏ')).toBe('가아');
  expect(type('ㅇㅗㅏㅇ')).toBe('왕');
  expect(type('ㄲㅗㅊ')).toBe('꽃');
});

it('leaves initial consonants and other letters alone', () => {
  expect(type('ㅎㄱㅇㅂㅂ')).toBe('ㅎㄱㅇㅂㅂ');
  expect(type('aㅏ')).toBe('aㅏ');
  expect(type('ㅎㅏa ㄴ')).toBe('하a ㄴ');
  expect(type('ㅏㄱㅏ')).toBe('ㅏ가');
  expect(type('ㅎㅏㄸ')).toBe('하ㄸ');
});

it('goes back key by key', () => {
  const steps = [];
  for (let text = '닭왕'; text; text = erased(text)) steps.push(text);
  expect(steps).toEqual(['닭왕', '닭와', '닭오', '닭ㅇ', '닭', '달', '다', 'ㄷ']);
  expect(erased('')).toBe('');
  expect(erased('a👍')).toBe('a');
});
