// Cells that show people: who to follow, search for people.
import { mutate } from './api.js';
import { div, h, state, words } from './dom.js';
import { t } from './labels.js';
import { person } from './model.js';
import { avatar, displayName } from './post.js';
import { go } from './router.js';
import { withEmoji } from './text.js';

// The button's test id carries the account's numeric id, as on X.
export const followButton = (account) => {
  if (account.handle === state.handle) return null;
  const holder = div({ tid: 'placementTracking', class: 'follow' });
  const draw = () => {
    const act = async (event) => {
      event.stopPropagation();
      account.following = !account.following;
      draw();
      await mutate('SandboxFollow', { userId: account.id, on: account.following });
    };
    const word = account.following ? t.following : t.follow;
    const kind = account.following ? 'unfollow' : 'follow';
    const label = `${word} @${account.handle}`;
    const attributes = { 'aria-label': label, role: 'button', type: 'button', tid: `${account.id}-${kind}`, class: `pill ${kind}`, on: { click: act } };
    holder.replaceChildren(h('button', attributes, words(word)));
  };
  draw();
  return holder;
};

export const userCell = (result) => {
  const account = person(result);
  const names = div(
    { class: 'cell-names' },
    h('a', { href: `/${account.handle}`, role: 'link' }, displayName(account)),
    h('a', { href: `/${account.handle}`, role: 'link', tabindex: '-1' }, div({ dir: 'ltr', class: 'handle' }, words(`@${account.handle}`))),
    div({ dir: 'auto', class: 'cell-bio' }, withEmoji(account.bio)),
  );
  const open = (event) => event.target.closest('a, button') || go(`/${account.handle}`);
  return div({ tid: 'UserCell', class: 'user-cell', role: 'button', tabindex: '0', on: { click: open } }, avatar(account), names, state.handle && followButton(account));
};

// One line about what somebody did: it is no post, and no article with the test id of one.
export const notice = (content) => {
  const people = content.template.from_users.map((one) => person(one.user_results.result));
  const line = div({ dir: 'ltr' }, words(content.rich_message.text));
  return h('article', { tid: 'notification', role: 'article', tabindex: '0', class: 'user-cell' }, people.map(avatar), line);
};
