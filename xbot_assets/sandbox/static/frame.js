// The page around the columns: navigation, side column, document title, and the main column's head.
import { div, find, h, icon, span, state, words } from './dom.js';
import { post as send } from './api.js';
import { t } from './labels.js';
import { back } from './router.js';

let primary = null;

const tab = (name, href, label, image, aria = label) =>
  h('a', { href, 'aria-label': aria, role: 'link', tid: name, class: 'tab' }, div({}, icon(image), div({ dir: 'ltr', class: 'tab-label' }, words(label))));

const logOut = async () => {
  await send('/i/api/1.1/account/logout.json', {});
  location.assign('/i/flow/login');
};

const confirmLogOut = () => {
  const close = () => sheet.remove();
  const sheet = div(
    { class: 'layer' },
    div({ class: 'mask', on: { click: close } }),
    div(
      { role: 'alertdialog', 'aria-modal': 'true', tid: 'confirmationSheetDialog', class: 'sheet' },
      h('h1', {}, `Log out of @${state.handle}?`),
      h('button', { type: 'button', tid: 'confirmationSheetConfirm', class: 'pill dark', on: { click: logOut } }, words('Log out')),
      h('button', { type: 'button', tid: 'confirmationSheetCancel', class: 'pill', on: { click: close } }, words('Cancel')),
    ),
  );
  document.getElementById('layers').append(sheet);
};

const account = () =>
  h(
    'button',
    { 'aria-label': 'Account menu', role: 'button', tid: 'SideNav_AccountSwitcher_Button', type: 'button', class: 'account', on: { click: confirmLogOut } },
    div({ tid: `UserAvatar-Container-${state.handle}`, class: 'avatar', style: 'width: 40px; height: 40px;' }, h('img', { alt: state.handle, src: `/profile_images/${state.userId}_normal.svg` })),
    div({ class: 'account-names' }, div({ dir: 'ltr', class: 'name' }, words(state.name)), div({ tabindex: '-1' }, div({ dir: 'ltr', class: 'handle' }, span(`@${state.handle}`)))),
  );

const navigation = () => {
  if (!state.handle) return h('header', { role: 'banner' }, div({ class: 'side' }, h('a', { href: '/', class: 'mark', 'aria-label': 'Sandbox' }, '◍')));
  return h(
    'header',
    { role: 'banner' },
    div(
      { class: 'side' },
      h('a', { href: '/home', class: 'mark', 'aria-label': 'Sandbox' }, '◍'),
      h(
        'nav',
        { 'aria-label': 'Primary', role: 'navigation' },
        tab('AppTabBar_Home_Link', '/home', t.home, 'home'),
        tab('AppTabBar_Explore_Link', '/explore', t.explore, 'explore', t.exploreLong),
        tab('AppTabBar_Notifications_Link', '/notifications', t.notifications, 'notifications'),
        tab('AppTabBar_DirectMessage_Link', '/i/chat', t.chat, 'chat'),
        tab('AppTabBar_Profile_Link', `/${state.handle}`, t.profile, 'profile'),
        h('button', { 'aria-label': 'More menu items', tid: 'AppTabBar_More_Menu', type: 'button', class: 'tab' }, div({}, icon('more'), div({ class: 'tab-label' }, words(t.more)))),
      ),
      h('a', { href: '/compose/post', 'aria-label': t.post, role: 'link', tid: 'SideNav_NewTweet_Button', class: 'pill dark wide' }, div({ dir: 'ltr' }, words(t.post))),
      account(),
    ),
  );
};

const bottomBar = () =>
  div(
    { tid: 'BottomBar', class: 'bottom-bar' },
    div({}, div({ class: 'bottom-title' }, words('Don’t miss what’s happening')), div({}, words('People in the sandbox are the first to know.'))),
    h('a', { href: '/i/flow/login', tid: 'login', role: 'link', class: 'pill' }, words('Log in')),
    h('a', { href: '/i/flow/signup', tid: 'signup', role: 'link', class: 'pill' }, words('Sign up')),
  );

const searchBox = (value) => {
  const input = h('input', {
    autocomplete: 'off', placeholder: t.search, type: 'text', dir: 'auto', 'aria-autocomplete': 'list', 'aria-label': t.searchQuery, role: 'combobox',
    'aria-expanded': 'false', spellcheck: 'false', tid: 'SearchBox_Search_Input', value,
  });
  const submit = (event) => {
    event.preventDefault();
    location.assign(`/search?q=${encodeURIComponent(input.value)}&src=typed_query`);
  };
  return h('form', { action: '#', 'aria-label': 'Search', role: 'search', class: 'search-box', on: { submit } }, div({ tid: 'SearchBox_Search_Input_label' }, icon('explore'), input));
};

const TRENDS = ['#gardening', '#slowsoftware', 'Rock pools', 'Sourdough', '#gravel'];

const trend = (name) => {
  const link = h('a', { href: `/search?q=${encodeURIComponent(name)}&src=trend_click` }, span(name));
  return div({ tid: 'trend', class: 'trend', role: 'link', tabindex: '0' }, div({ class: 'handle' }, words('Trending')), div({ class: 'strong' }, link));
};

const sidebar = (query) =>
  div(
    { tid: 'sidebarColumn', class: 'sidebar' },
    state.handle && searchBox(query),
    h('aside', { class: 'box' }, h('h2', {}, 'What’s happening'), TRENDS.map(trend)),
    div({ class: 'small' }, 'A sandbox on this machine: the people are invented, and nothing leaves it.'),
  );

const suspendedBanner = () =>
  div({ class: 'banner-notice', role: 'alert' }, words('Your account is suspended and is not permitted to perform this action.'));

// Shows a page: its head, its content and its title; everything before the app has rendered goes away.
export const show = ({ title, head, content, query = '', label = 'Home timeline' }) => {
  primary?.dispatchEvent(new Event('leave'));
  primary = div({ tid: 'primaryColumn', class: 'primary' }, div({ 'aria-label': label, tabindex: '0' }, head, state.suspended && state.handle && suspendedBanner(), content));
  const root = document.getElementById('react-root');
  const main = h('main', { role: 'main' }, div({ class: 'columns' }, primary, sidebar(query)));
  root.replaceChildren(div({ class: 'app' }, navigation(), main));
  find('BottomBar')?.remove();
  if (!state.handle) document.getElementById('layers').append(bottomBar());
  document.title = `${title} / Sandbox`;
  scrollTo(0, 0);
  return primary;
};

export const onLeave = (action) => primary.addEventListener('leave', action, { once: true });

export const bar = (title, sub, { withBack = true } = {}) => {
  const button = h('button', { 'aria-label': t.back, role: 'button', tid: 'app-bar-back', type: 'button', class: 'round', on: { click: back } }, icon('back'));
  return div({ class: 'bar' }, withBack && button, div({}, h('h2', { dir: 'ltr', 'aria-level': '2', role: 'heading' }, typeof title === 'string' ? span(title) : title), sub && div({ dir: 'ltr', class: 'handle' }, sub)));
};

// A row of tabs; the chosen one is marked.
export const tabs = (items, chosen) =>
  h(
    'nav',
    { 'aria-live': 'polite', role: 'navigation', class: 'tabs' },
    div(
      { role: 'tablist', tid: 'ScrollSnap-List' },
      items.map(([label, href]) => div({ role: 'presentation' }, h('a', { href, role: 'tab', 'aria-selected': String(href === chosen) }, div({ dir: 'ltr' }, span(label))))),
    ),
  );

export const toast = (text, link) => {
  find('toast')?.remove();
  const view = link && h('a', { href: link, role: 'link', dir: 'ltr' }, words(t.view));
  const box = div({ role: 'alert', tid: 'toast', class: 'toast' }, div({ dir: 'auto' }, words(text)), view);
  document.getElementById('layers').append(box);
  setTimeout(() => box.remove(), TOAST_MS);
};

const TOAST_MS = 8000;
