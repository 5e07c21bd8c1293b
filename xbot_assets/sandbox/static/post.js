// One post as X draws it: article, author, time link, text, quote, media, bar. Also ads and placeholders.
import { actionBar } from './counts.js';
import { div, h, icon, span, state, uid, words } from './dom.js';
import { t } from './labels.js';
import { person, tweet } from './model.js';
import { compact, focalTime, isoTime, longAgo, shortTime } from './numbers.js';
import { go } from './router.js';
import { tweetText, withEmoji } from './text.js';

export const avatar = (author, { linked = true, size = 40 } = {}) => {
  const image = h('img', { alt: '', draggable: 'true', src: author.avatar });
  const inner = linked
    ? h('a', { href: `/${author.handle}`, 'aria-hidden': 'true', role: 'link', tabindex: '-1' }, div({}, image))
    : div({ 'aria-hidden': 'true', role: 'presentation', tabindex: '-1' }, div({}, image));
  const style = `width: ${size}px; height: ${size}px;`;
  return div({ tid: `UserAvatar-Container-${author.handle}`, class: 'avatar', style }, div({}, inner));
};

export const badge = (author) => (author.verified ? icon('verified', { 'aria-label': 'Verified account', role: 'img', tid: 'icon-verified' }) : null);

export const displayName = (author) => div({ dir: 'ltr', class: 'name' }, h('span', {}, h('span', {}, withEmoji(author.name))), span(''), badge(author));

const dot = () => div({ dir: 'ltr', 'aria-hidden': 'true', class: 'dot' }, span(span('·')));

const timeLink = (post) => {
  const href = post.edited ? `${post.permalink}/history` : post.permalink;
  const time = h('time', { datetime: isoTime(post.date) }, shortTime(post.date));
  return h('a', { href, dir: 'ltr', 'aria-label': longAgo(post.date), role: 'link', class: 'time' }, time);
};

// In a quote box the names and the time are plain text; ads have no time.
const userName = (post, { linked, time }) => {
  const wrap = (child, attributes) => (linked ? h('a', { href: `/${post.author.handle}`, role: 'link', ...attributes }, child) : div(attributes, child));
  const handle = div({ dir: 'ltr', class: 'handle' }, span(`@${post.author.handle}`));
  return div(
    { id: uid(), tid: 'User-Name', class: 'user-name' },
    div({}, div({}, wrap(displayName(post.author)))),
    div({}, div({ class: 'user-line' }, div({}, wrap(handle, { tabindex: '-1' })), time && [dot(), div({}, time)])),
  );
};

const caret = () =>
  h('button', { 'aria-expanded': 'false', 'aria-haspopup': 'menu', 'aria-label': t.more, role: 'button', tid: 'caret', type: 'button' }, icon('more'));

const replyingTo = (post) => {
  if (!post.replyTo) return null;
  const link = h('a', { href: `/${post.replyTo}`, dir: 'ltr', role: 'link' }, span(`@${post.replyTo}`));
  return div({ dir: 'ltr', class: 'replying' }, t.replyingTo, div({ class: 'inline' }, link));
};

const showMore = (post, { linked }) => {
  if (!post.truncated) return null;
  const attributes = { dir: 'ltr', tid: 'tweet-text-show-more-link', class: 'show-more' };
  if (!linked) return div(attributes, span(t.showMore));
  return h('button', { ...attributes, type: 'button', role: 'button', on: { click: () => go(post.permalink) } }, span(t.showMore));
};

// X wraps players, too, in the test id that marks ads further up.
const video = (item, index, post) => {
  const player = h('video', { 'aria-label': 'Embedded video', poster: item.media_url_https, preload: 'none', tabindex: '-1' });
  const component = div({ tid: 'videoComponent' }, player, div({ class: 'play' }, icon('play')));
  const tracked = div({ tid: 'placementTracking' }, div({ tid: 'videoPlayer' }, component));
  return div({ class: 'medium', tid: 'tweetPhoto', 'data-index': index, 'data-post': post.id }, tracked);
};

const photo = (item, index, post, linked) => {
  const words = item.ext_alt_text ?? 'Image';
  const image = h('img', { alt: words, draggable: 'true', src: item.media_url_https });
  const framed = div({ 'aria-label': words, tid: 'tweetPhoto', class: 'medium' }, image);
  if (!linked) return framed;
  return h('a', { href: `${post.permalink}/photo/${index + 1}`, role: 'link' }, framed);
};

const media = (post, { linked }) => {
  if (!post.media.length) return null;
  const drawn = post.media.map((item, index) => (item.type === 'video' ? video(item, index, post) : photo(item, index, post, linked)));
  return div({ class: `media media-${drawn.length}`, id: uid() }, drawn);
};

const quoteBox = (post) => {
  if (!post.quoted) return null;
  const heading = div({ dir: 'ltr', class: 'visually-hidden' }, span(t.quote));
  if (post.quoted === 'gone') {
    const notice = h('article', { role: 'article', tabindex: '-1', class: 'placeholder' }, words('This post is unavailable.'));
    return div({ id: uid() }, heading, notice);
  }
  const quoted = post.quoted;
  const time = div({ dir: 'ltr', 'aria-label': longAgo(quoted.date) }, h('time', { datetime: isoTime(quoted.date) }, shortTime(quoted.date)));
  const head = div(
    { class: 'quote-head' },
    div({ tid: 'Tweet-User-Avatar' }, avatar(quoted.author, { linked: false, size: 24 })),
    userName(quoted, { linked: false, time }),
  );
  const open = { click: (event) => (event.stopPropagation(), go(quoted.permalink)) };
  const body = [head, tweetText(quoted, uid(), { asLink: false }), showMore(quoted, { linked: false }), media(quoted, { linked: false })];
  return div({ id: uid() }, div({ id: uid() }, heading, div({ tabindex: '0', role: 'link', class: 'quote', on: open }, body)));
};

const context = (post, { pinned, reposter }) => {
  if (pinned) return div({ class: 'context' }, icon('pin'), div({ dir: 'ltr', tid: 'socialContext' }, words(t.pinned)));
  if (!reposter) return null;
  const label = h('span', { dir: 'ltr', tid: 'socialContext' }, t.reposted(reposter.name));
  return div({ class: 'context' }, icon('repost'), h('a', { href: `/${reposter.handle}`, dir: 'ltr', role: 'link' }, label));
};

const focalMeta = (post) => {
  const href = post.edited ? `${post.permalink}/history` : post.permalink;
  const label = focalTime(post.date);
  const link = h('a', { href, 'aria-label': label, role: 'link' }, h('time', { datetime: isoTime(post.date) }, label));
  const views = post.views && [
    dot(),
    div({ dir: 'ltr' }, h('span', {}, div({ class: 'inline strong' }, h('span', { tid: 'app-text-transition-container' }, span(span(compact(post.views, true))))), words(` ${t.views}`))),
  ];
  return div({ class: 'focal-meta' }, div({ dir: 'ltr' }, link), views);
};

const header = (post, options, time) =>
  div(
    { class: 'post-head' },
    userName(post, { linked: true, time }),
    div({ class: 'post-menu' }, options.promoted && div({ dir: 'ltr', class: 'ad' }, span(t.ad)), caret()),
  );

const adCard = (post) => {
  const link = `/t/${post.id.slice(-8)}?twclid=2${post.id.slice(0, 20)}`;
  const shown = div({ class: 'card-text' }, span(`From ${post.author.handle}.example`));
  return div({ tid: 'card.wrapper', class: 'card' }, h('a', { href: link, dir: 'ltr', rel: 'noopener noreferrer nofollow', target: '_blank', role: 'link' }, shown));
};

// The article of one post. `options`: focal, promoted, pinned, reposter, above and below (lines of a conversation).
export const article = (post, options = {}) => {
  const { focal = false, promoted = false } = options;
  const holder = div({ class: 'article-holder' });
  const onReply = (event) => (event.stopPropagation(), go(`/compose/post?in_reply_to=${post.id}`));
  const draw = () => {
    const text = [replyingTo(post), tweetText(post, uid()), showMore(post, { linked: true })];
    const attached = [media(post, { linked: true }), quoteBox(post), promoted && adCard(post)];
    const bar = state.countsHidden ? div({ id: uid() }) : actionBar(post, { focal, redraw: draw, onReply });
    const face = div({ class: 'face-column' }, div({ tid: 'Tweet-User-Avatar' }, avatar(post.author)), options.below && div({ class: 'line' }));
    const head = header(post, options, promoted || focal ? null : timeLink(post));
    const body = focal
      ? [div({ class: 'post-row' }, face, div({ class: 'post-column' }, head)), text, attached, focalMeta(post), bar]
      : [div({ class: 'post-row' }, face, div({ class: 'post-column' }, head, text, attached, bar))];
    const name = body[0].querySelector('[id]').id;
    const attributes = { 'aria-labelledby': `${name} ${bar.id}`, role: 'article', tabindex: focal ? '-1' : '0', tid: 'tweet' };
    const inner = div({ class: focal ? 'post focal' : 'post' }, options.above && div({ class: 'line-above' }), context(post, options), body);
    const drawn = h('article', { ...attributes, on: { click: (event) => open(event, post, options) } }, div({}, inner));
    holder.replaceChildren(drawn);
  };
  draw();
  return promoted && !state.croppedAds ? advert(holder) : holder;
};

// Ads sit below `placementTracking`, with four invisible pixels that carry it too.
const advert = (holder) => {
  const pixels = ['top', 'right', 'bottom', 'left'].map((side) => div({ tid: `${side}-impression-pixel` }, div({ tid: 'placementTracking' }, div())));
  return div({}, div({ tid: 'placementTracking' }, pixels, holder));
};

const open = (event, post, { focal, promoted }) => {
  if (focal || promoted || event.target.closest('a, button, [role=link]') || String(getSelection())) return;
  go(post.permalink);
};

export const placeholder = (text, action, onClick) => {
  const button = action && h('button', { role: 'button', type: 'button', class: 'pill', on: { click: onClick } }, words(action));
  const id = uid();
  return h('article', { 'aria-labelledby': id, role: 'article', tabindex: '-1', class: 'placeholder' }, div({}, div({ dir: 'auto', id }, span(text)), button));
};

// Draws a GraphQL post result: a post, a repost of one, or what stands for a post that is gone.
export const drawn = (result, content, options = {}) => {
  const post = tweet(result, { whole: options.focal });
  if (!post) return placeholder(result?.tombstone?.text?.text ?? 'This post is unavailable.');
  const pinned = content?.socialContext?.contextType === 'Pin';
  if (!post.repostOf) return article(post, { ...options, pinned });
  return article(tweet(post.repostOf), { ...options, reposter: post.author });
};

export { person };
