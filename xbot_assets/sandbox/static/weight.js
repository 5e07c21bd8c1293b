// How long X thinks a text is: links 23, emoji 2, most characters outside Latin scripts 2.
import { linksIn } from './links.js';

const LIGHT = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
];
const LINK = 23;
const EMOJI = /\p{RI}\p{RI}|[#*0-9]\uFE0F?\u20E3|\u{1F3F4}[\u{E0061}-\u{E007A}]+\u{E007F}|\p{Extended_Pictographic}(?:\p{EMod}|\uFE0F)*(?:\u200D\p{Extended_Pictographic}(?:\p{EMod}|\uFE0F)*)*/uy;
const SIGNS = /^[©®]/;

export const LIMIT = 280;

const light = (character) => LIGHT.some(([low, high]) => character.codePointAt(0) >= low && character.codePointAt(0) <= high);

const emojiAt = (text, place) => {
  EMOJI.lastIndex = place;
  const [match] = EMOJI.exec(text) ?? [''];
  return SIGNS.test(match) && !match.includes('\uFE0F') ? '' : match;
};

export const weight = (written) => {
  const text = written.normalize('NFC');
  const links = linksIn(text);
  let sum = 0;
  for (let place = 0; place < text.length; ) {
    const emoji = links.has(place) ? '' : emojiAt(text, place);
    const character = String.fromCodePoint(text.codePointAt(place));
    sum += links.has(place) ? LINK : emoji || !light(character) ? 2 : 1;
    place += links.get(place) ?? (emoji || character).length;
  }
  return sum;
};
