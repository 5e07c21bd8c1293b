// The entry: routes, and the first render.
import { state } from './dom.js';
import { access, login, needsLogin } from './entrance.js';
import { go, route, start } from './router.js';
import { openComposer } from './modal.js';
import { explore, home, nothing, notifications, profile, search, status } from './views.js';

const closed = (view) => (...args) => (needsLogin() ? undefined : view(...args));

const page = (view) => (...args) => {
  if (location.pathname !== '/i/flow/login') document.querySelector('#layers > .layer')?.remove();
  view(...args);
  return view;
};

route(/^\/i\/flow\/login$/, page(login));
route(/^\/account\/access$/, page(access));
route(/^\/(?:home)?$/, page(closed(home)));
route(/^\/search$/, page(closed(search)));
route(/^\/explore(?:\/tabs\/(trending|news))?$/, page(closed(explore)));
route(/^\/notifications(?:\/(mentions))?$/, page(closed(notifications)));
route(/^\/compose\/post$/, closed((_match, parameters, previous) => openComposer(parameters, previous ? null : home)));
route(/^\/compose\/post\/media$/, () => go('/compose/post', { replace: true }));
route(/^\/(\w{1,20})\/status\/(\d+)/, page(status));
route(/^\/(\w{1,20})(?:\/(with_replies|reposts|media|highlights|articles|likes))?$/, page(profile));
route(/.*/, page(nothing));

document.documentElement.lang = state.locale;
start();
