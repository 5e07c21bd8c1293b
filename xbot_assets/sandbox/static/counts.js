// The action bar of a post: the group label with the exact counts, and buttons with cut ones.
import { mutate } from './api.js';
import { div, h, icon, span, uid } from './dom.js';
import { t } from './labels.js';
import { compact } from './numbers.js';

// Zero items are left out; views are left out when the site does not show them.
export const groupLabel = (post) => {
  const shown = [
    post.replies && t.reply(post.replies),
    post.reposts && t.repost(post.reposts),
    post.likes && t.like(post.likes),
    post.liked && t.liked,
    post.bookmarks && t.bookmark(post.bookmarks),
    post.views && t.viewCount(post.views),
  ];
  return shown.filter(Boolean).join(t.joiner);
};

const amount = (count) => {
  const inner = count ? span(span(compact(count))) : span('');
  return div({ class: 'count' }, h('span', { tid: 'app-text-transition-container' }, inner));
};

const face = (name, count) => div({ dir: 'ltr', class: 'face' }, div({ class: 'halo' }, icon(name)), count === null ? null : amount(count));

const button = (attributes, ...children) => div({ class: 'action' }, h('button', { role: 'button', type: 'button', ...attributes }, children));

// Likes, reposts and bookmarks switch at once and go back when the site refuses.
const toggle = (post, field, count, operations, redraw) => async (event) => {
  event.stopPropagation();
  const on = !post[field];
  const flip = (value) => {
    post[field] = value;
    post[count] += value ? 1 : -1;
    redraw();
  };
  flip(on);
  try {
    await mutate(operations[on ? 0 : 1], { tweet_id: post.id });
  } catch {
    flip(!on);
  }
};

const viewsLink = (post) => {
  const label = post.views ? `${t.viewCount(post.views)}. ${t.analytics}` : t.analytics;
  const href = `${post.permalink}/analytics`;
  return div({ class: 'action' }, h('a', { href, 'aria-label': label, role: 'link' }, face('views', post.views ?? 0)));
};

export const actionBar = (post, { focal, redraw, onReply }) => {
  const like = toggle(post, 'liked', 'likes', ['FavoriteTweet', 'UnfavoriteTweet'], redraw);
  const repost = toggle(post, 'reposted', 'reposts', ['CreateRetweet', 'DeleteRetweet'], redraw);
  const keep = toggle(post, 'bookmarked', 'bookmarks', ['CreateBookmark', 'DeleteBookmark'], redraw);
  const keepLabel = focal || post.bookmarked ? t.bookmarkButton(post.bookmarks, post.bookmarked) : t.bookmarkPlain;
  const menu = { 'aria-expanded': 'false', 'aria-haspopup': 'menu' };
  const id = uid();
  return div(
    { class: 'action-bar', role: 'group', id, 'aria-label': groupLabel(post) },
    button({ 'aria-label': t.replyButton(post.replies), tid: 'reply', on: { click: onReply } }, face('reply', post.replies)),
    button(
      { ...menu, 'aria-label': t.repostButton(post.reposts, post.reposted), tid: post.reposted ? 'unretweet' : 'retweet', on: { click: repost } },
      face('repost', post.reposts),
    ),
    button(
      { 'aria-label': t.likeButton(post.likes, post.liked), tid: post.liked ? 'unlike' : 'like', on: { click: like } },
      face('like', post.likes),
    ),
    focal ? null : viewsLink(post),
    button(
      { 'aria-label': keepLabel, tid: post.bookmarked ? 'removeBookmark' : 'bookmark', on: { click: keep } },
      face('bookmark', focal ? post.bookmarks : null),
    ),
    button({ ...menu, 'aria-label': t.share }, face('share', null)),
  );
};
