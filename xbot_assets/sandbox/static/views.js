// The pages of somebody logged in or passing by: home, profile, post, search, notifications.
import { query } from './api.js';
import { composer } from './composer.js';
import { div, h, icon, span, state, words } from './dom.js';
import { bar, onLeave, show, tabs } from './frame.js';
import { TABS, listed } from './explore.js';
import { t } from './labels.js';
import { person } from './model.js';
import { joined, profileCount } from './numbers.js';
import { followButton } from './people.js';
import { badge, drawn } from './post.js';
import { Timeline, emptyState, missing, reload } from './timeline.js';
import { withEmoji } from './text.js';

const COUNT = 20;

const instructionsOf = {
  HomeTimeline: (data) => data.home.home_timeline_urt.instructions,
  TweetDetail: (data) => data.threaded_conversation_with_injections_v2.instructions,
  SearchTimeline: (data) => data.search_by_raw_query.search_timeline.timeline.instructions,
  NotificationsTimeline: (data) => data.viewer_v2.user_results.result.notification_timeline.timeline.instructions,
};

const ofProfile = (data) => data.user.result.timeline.timeline.instructions;

// Which list stands on which tab of a profile.
const LISTS = {
  joined: { posts: 'UserTweets', with_replies: 'UserTweetsAndReplies' },
  split: { posts: 'UserOriginalsTimeline', with_replies: 'UserRepliesTimeline', reposts: 'UserRepostsTimeline' },
};
const listOn = (tab) => {
  const name = LISTS[state.tabs][tab] ?? LISTS[state.tabs].posts;
  return state.newNames ? `${name}Next` : name;
};

const timeline = (label, operation, variables, options) => {
  const read = instructionsOf[operation] ?? ofProfile;
  const load = async (cursor) => read(await query(operation, { count: COUNT, ...variables, ...(cursor && { cursor }) }));
  return new Timeline(label, load, options);
};

const run = (list) => {
  onLeave(() => list.stop());
  list.start();
};

export const home = () => {
  const list = timeline(t.yourHome, 'HomeTimeline', { includePromotedContent: true });
  const sent = (result) => list.list.insertFirst([{ key: `sent-${result.rest_id}`, render: () => drawn(result) }]);
  const inline = composer({ inline: true, placeholder: t.whatsUp, onSent: sent });
  const head = tabs([['For you', '/home']], '/home');
  show({ title: t.home, head, content: [inline.element, list.element] });
  run(list);
};

export const status = ([, handle, id]) => {
  const list = timeline(t.conversation, 'TweetDetail', { focalTweetId: id, rankingMode: 'Relevance', referrer: 'home' }, { focal: id });
  let inline = null;
  const onSent = (result) => list.list.insertAfter('inline-reply', [{ key: `sent-${result.rest_id}`, render: () => drawn(result) }]);
  list.composer = () => {
    if (!state.handle) return div();
    inline ??= composer({ inline: true, inReplyTo: id, placeholder: t.postReply, onSent });
    return div({ tid: 'inline_reply_offscreen', class: 'inline-reply' }, inline.element);
  };
  show({ title: `${handle} on Sandbox`, head: bar(t.post), content: list.element });
  run(list);
};

const item = (name, image, ...children) => h('span', { tid: name, class: 'header-item' }, icon(image), children);

const headerItems = (account) => {
  const url = account.website && h('a', { href: account.website.url.replace('https://t.co/', '/t/'), tid: 'UserUrl', target: '_blank', rel: 'noopener noreferrer nofollow', role: 'link', class: 'header-item' }, icon('link'), span(account.website.display_url));
  return div(
    { tid: 'UserProfileHeader_Items', class: 'header-items' },
    account.location && item('UserLocation', 'place', span(span(account.location))),
    url,
    item('UserJoinDate', 'calendar', span(t.joined(joined(account.joined)))),
  );
};

const figure = (href, count, word) => h('a', { href, dir: 'ltr', role: 'link' }, h('span', { class: 'strong' }, span(profileCount(count))), ' ', h('span', {}, span(word)));

const profileHead = (account) => {
  const own = account.handle === state.handle;
  const edit = h('a', { href: '/settings/profile', tid: 'editProfileButton', role: 'link', class: 'pill' }, words('Edit profile'));
  const actions = state.handle && [h('button', { 'aria-label': t.more, tid: 'userActions', type: 'button', class: 'round outlined' }, icon('more')), own ? edit : followButton(account)];
  const name = div(
    { tid: 'UserName', class: 'profile-name' },
    div({ dir: 'ltr', class: 'big' }, h('span', {}, h('span', {}, withEmoji(account.name))), badge(account)),
    div({ tabindex: '-1' }, div({ dir: 'ltr', class: 'handle' }, span(`@${account.handle}`))),
    account.label && div({ dir: 'ltr', class: 'handle' }, span(account.label)),
  );
  return div(
    { class: 'profile' },
    h('a', { href: `/${account.handle}/header_photo`, role: 'link', class: 'banner' }, h('img', { alt: '', src: `/profile_banners/${account.id}` })),
    div(
      { class: 'profile-top' },
      h('a', { href: `/${account.handle}/photo`, role: 'link', class: 'portrait', tid: `UserAvatar-Container-${account.handle}` }, h('img', { alt: 'Opens profile photo', src: account.avatar })),
      div({ class: 'profile-actions' }, actions),
    ),
    name,
    account.bio && div({ dir: 'auto', tid: 'UserDescription', class: 'bio' }, withEmoji(account.bio)),
    headerItems(account),
    div({ class: 'figures' }, div({}, figure(`/${account.handle}/following`, account.followingCount, t.following)), div({}, figure(`/${account.handle}/verified_followers`, account.followers, t.followers))),
  );
};

const SUSPENDED = ['Account suspended', 'Accounts that break the rules are suspended.'];
const MISSING = ['This account doesn’t exist', 'Try searching for another.'];
const unknown = (result) => (result?.__typename === 'UserUnavailable' ? SUSPENDED : MISSING);

// Why an account whose head is shown hides its posts.
const hidden = (account) => {
  if (account.blockedBy) return [`@${account.handle} blocked you`, `You can’t follow or see @${account.handle}’s posts.`];
  const text = `Only approved followers can see @${account.handle}’s posts. To request access, click Follow.`;
  return account.protected && !account.following && account.handle !== state.handle ? ['These posts are protected', text] : null;
};

export const profile = async ([, handle, tab]) => {
  const primary = show({ title: `@${handle}`, head: bar(t.profile), content: div({ role: 'progressbar', class: 'spinner' }) });
  const left = new Promise((resolve) => primary.addEventListener('leave', () => resolve(true), { once: true }));
  let result = null;
  try {
    result = (await Promise.race([query('UserByScreenName', { screen_name: handle }), left]))?.user?.result;
  } catch {
    if (primary.isConnected) show({ title: `@${handle}`, head: bar(t.profile), content: reload(() => profile([null, handle, tab])) });
    return;
  }
  if (!primary.isConnected) return;
  if (!result?.rest_id) {
    show({ title: t.profile, head: bar(t.profile), content: emptyState(...unknown(result))() });
    return;
  }
  draw(person(result), tab);
};

const draw = (account, tab) => {
  const empty = emptyState(`@${account.handle} hasn’t posted`, 'When they do, their posts will show up here.');
  const list = timeline(t.postsOf(account.name), listOn(tab), { userId: account.id, includePromotedContent: true }, { empty });
  const base = `/${account.handle}`;
  const reposts = state.tabs === 'split' ? [[t.repostsTab, `${base}/reposts`]] : [];
  const more = state.handle ? [[t.repliesTab, `${base}/with_replies`], ...reposts] : [];
  const names = [[t.posts, base], ...more, [t.media, `${base}/media`]];
  const why = hidden(account);
  const content = [profileHead(account), tabs(names, tab ? `${base}/${tab}` : base), why ? emptyState(...why)() : list.element];
  show({ title: `${account.name} (@${account.handle})`, head: bar(h('span', {}, withEmoji(account.name)), t.postCount(profileCount(account.posts))), content });
  if (!why) run(list);
};

const PRODUCTS = [['Top', ''], ['Latest', '&f=live'], ['People', '&f=user'], ['Media', '&f=media']];

export const search = (_match, parameters) => {
  const raw = parameters.get('q') ?? '';
  const product = parameters.get('f') === 'live' ? 'Latest' : 'Top';
  const base = `/search?q=${encodeURIComponent(raw)}`;
  const empty = emptyState(t.noResults(raw), 'Try searching for something else.');
  const list = timeline(t.searchTimeline, 'SearchTimeline', { rawQuery: raw, querySource: 'typed_query', product }, { empty });
  const chosen = product === 'Latest' ? `${base}&f=live` : base;
  const names = PRODUCTS.map(([label, suffix]) => [t[label.toLowerCase()] ?? label, base + suffix]);
  show({ title: `${raw} - ${t.search}`, head: [bar(t.search), tabs(names, chosen)], content: list.element, query: raw });
  run(list);
};

export const explore = ([, tab]) => {
  if (tab) return listed(tab);
  const list = timeline(t.searchTimeline, 'SearchTimeline', { rawQuery: 'min_faves:40', querySource: 'typed_query', product: 'Latest' });
  show({ title: t.explore, head: [bar(t.explore, null, { withBack: false }), tabs(TABS, '/explore')], content: list.element });
  return run(list);
};

export const notifications = ([, tab]) => {
  const empty = emptyState('Nothing to see here yet', 'Replies to your posts will show up here.');
  const list = timeline(t.notifications, 'NotificationsTimeline', { timeline_type: tab ? 'Mentions' : 'All' }, { empty });
  const base = '/notifications';
  const names = [['All', base], ['Mentions', `${base}/mentions`]];
  const head = [bar(t.notifications, null, { withBack: false }), tabs(names, tab ? `${base}/${tab}` : base)];
  show({ title: t.notifications, head, content: list.element });
  run(list);
};

export const nothing = () => {
  show({ title: 'Page not found', head: bar(''), content: missing() });
};
