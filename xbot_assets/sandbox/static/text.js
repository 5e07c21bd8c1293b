// A post's text as X draws it: spans, shortened links with hidden pieces, mentions, hashtags, emoji as pictures.
import { div, h, span, state, tid } from './dom.js';
import { t } from './labels.js';

const EMOJI = /(\p{RI}\p{RI}|\p{Emoji}(?:\p{EMod}|\u{FE0F}\u{20E3}?)?(?:\u{200D}\p{Emoji}(?:\p{EMod}|\u{FE0F})?)*)/gu;
const TOKEN = /(@\w{1,15}\b|#[\p{L}\p{N}_]+)/gu;

// Machines without an emoji font would show an empty box: there, an emoji is a small coloured leaf.
const hasColour = (() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  canvas.font = '20px sans-serif';
  canvas.fillText('🌱', 0, 20);
  const pixels = canvas.getImageData(0, 0, 30, 30).data;
  return pixels.some((value, index) => index % 4 === 1 && value !== pixels[index - 1]);
})();

const leaf = (emoji) => {
  const hue = (emoji.codePointAt(0) * 47) % 360;
  return `<path d="M3 17C2 7 8 2 18 2c0 10-5 16-15 15z" fill="hsl(${hue} 45% 58%)"/><path d="M3 17L13 7" stroke="#fff" fill="none"/>`;
};

const picture = (emoji) => {
  const inner = hasColour ? `<text x="0" y="16" font-size="16">${emoji}</text>` : leaf(emoji);
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">${inner}</svg>`;
  const src = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
  return h('img', { alt: emoji, draggable: 'false', class: 'emoji', src });
};

// Digits and signs have the Emoji property too; only what looks like a picture becomes one.
const isPicture = (piece) => /\p{Emoji_Presentation}|\p{RI}|\u{FE0F}|\p{Extended_Pictographic}\u{200D}/u.test(piece);

export const withEmoji = (text) => {
  const out = [];
  let plain = '';
  for (const piece of text.split(EMOJI)) {
    if (!piece || !isPicture(piece)) {
      plain += piece ?? '';
      continue;
    }
    if (plain) out.push(span(plain));
    out.push(picture(piece));
    plain = '';
  }
  if (plain) out.push(span(plain));
  return out;
};

const shortLink = (link, asLink) => {
  const cut = link.display_url.endsWith('…');
  const shown = cut ? link.display_url.slice(0, -1) : link.display_url;
  const scheme = link.expanded_url.match(/^https?:\/\/(www\.)?/)?.[0] ?? '';
  // Of a link to a post on X the hidden piece is the whole path.
  const path = cut && link.expanded_url.match(/^https?:\/\/x\.com(\/\w+\/status\/\d+)/)?.[1];
  const rest = path || link.expanded_url.slice(scheme.length + shown.length);
  const pieces = [
    span(scheme, { 'aria-hidden': 'true', class: 'hidden-piece' }),
    shown,
    rest && span(rest, { 'aria-hidden': 'true', class: 'hidden-piece' }),
    cut && span('…', { 'aria-hidden': 'true' }),
  ];
  if (!asLink) return h('span', { dir: 'ltr', class: 'link' }, pieces);
  const href = link.url.replace('https://t.co/', '/t/');
  return h('a', { href, dir: 'ltr', rel: 'noopener noreferrer nofollow', target: '_blank', role: 'link' }, pieces);
};

const token = (word, asLink) => {
  const href = word[0] === '@' ? `/${word.slice(1)}` : `/search?q=${encodeURIComponent(word)}&src=hashtag_click`;
  if (!asLink) return h('span', { dir: 'ltr', class: 'link' }, word);
  return h('span', {}, h('a', { href, dir: 'ltr', role: 'link' }, word));
};

const plainPart = (part, asLink) => part.split(TOKEN).filter(Boolean).map((piece) => (/^[@#]\S/.test(piece) ? token(piece, asLink) : withEmoji(piece)));

// A translation stands in the text's place, in the page's language; above it, what it was made from.
const translation = (post, asLink) => {
  const show = h('button', { 'aria-label': t.original, role: 'button', type: 'button', class: 'show-more' }, span(t.original));
  const mark = div({ dir: 'ltr', class: 'replying' }, span(t.translated), asLink && ' ', asLink && show);
  const words = post.parts.filter((part) => typeof part === 'string').join(' ').split(/\s+/).reverse().join(' ');
  return [mark, words];
};

export const tweetText = (post, id, { asLink = true } = {}) => {
  if (!post.parts.length) return null;
  if (state.translated) {
    const [mark, words] = translation(post, asLink);
    return div({}, mark, div({ dir: 'auto', lang: state.locale.toLowerCase(), id, 'data-testid': tid('tweetText'), class: 'tweet-text' }, span(words)));
  }
  const drawn = post.parts.map((part) => (typeof part === 'string' ? plainPart(part, asLink) : shortLink(part, asLink)));
  return div({ dir: 'auto', lang: post.lang, id, 'data-testid': tid('tweetText'), class: 'tweet-text' }, drawn);
};
