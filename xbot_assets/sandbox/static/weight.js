// How long X thinks a text is: links 23, emoji 2, most characters outside Latin scripts 2.
const LIGHT = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
];
const LINK = /https?:\/\/\S+/g;
const EMOJI = /\p{RI}\p{RI}|[#*0-9]\uFE0F?\u20E3|\p{Extended_Pictographic}(?:\p{EMod}|\uFE0F)*(?:\u200D\p{Extended_Pictographic}(?:\p{EMod}|\uFE0F)*)*/gu;

export const LIMIT = 280;

const light = (character) => LIGHT.some(([low, high]) => character.codePointAt(0) >= low && character.codePointAt(0) <= high);

export const weight = (text) => {
  let extra = 0;
  const take = (size) => () => {
    extra += size;
    return '';
  };
  const rest = text.normalize('NFC').replace(LINK, take(23)).replace(EMOJI, take(2));
  return Array.from(rest).reduce((sum, character) => sum + (light(character) ? 1 : 2), extra);
};
