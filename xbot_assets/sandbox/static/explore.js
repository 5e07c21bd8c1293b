// What is talked about: posts, trends and news, a tab each.
import { query } from './api.js';
import { div, h, icon, span } from './dom.js';
import { bar, show, tabs } from './frame.js';
import { t } from './labels.js';
import { compact } from './numbers.js';
import { go } from './router.js';
import { emptyState, reload } from './timeline.js';

const BASE = '/explore';
export const TABS = [['For you', BASE], ['Trending', `${BASE}/tabs/trending`], ['News', `${BASE}/tabs/news`]];

const line = (children) => div({ dir: 'ltr' }, children);
const counted = (count) => (count < 10000 ? count.toLocaleString('en-US') : compact(count));

// As on X, the whole cell is the link, and the name is none.
const cell = ({ name, trend_metadata: { domain_context: context, meta_description: count } }) => {
  const open = () => go(`/search?q=${encodeURIComponent(name)}&src=trend_click`);
  const more = h('button', { 'aria-label': t.more, tid: 'caret', type: 'button', class: 'round' }, icon('more'));
  return div(
    { tid: 'cellInnerDiv' },
    div(
      { tid: 'trend', class: 'trend', role: 'link', tabindex: '0', on: { click: open } },
      div({ class: 'handle' }, line(span(context)), more),
      div({ class: 'strong' }, line(span(name))),
      count && div({ class: 'handle' }, line(span(t.postCount(counted(Number(count)))))),
    ),
  );
};

// Draws one of the two lists.
export const listed = async (tab) => {
  const head = [bar(t.explore, null, { withBack: false }), tabs(TABS, `${BASE}/tabs/${tab}`)];
  const primary = show({ title: t.explore, head, content: div({ role: 'progressbar', class: 'spinner' }) });
  let content;
  try {
    const data = await query('ExplorePage', { tab });
    const entries = data.explore_page.body.initialTimeline.timeline.timeline.instructions.flatMap((one) => one.entries ?? []);
    const cells = entries.map((entry) => cell(entry.content.itemContent));
    content = cells.length ? h('section', { role: 'region' }, div({}, cells)) : emptyState('Nothing to see here', 'Come back later.')();
  } catch {
    content = reload(() => listed(tab));
  }
  if (primary.isConnected) show({ title: t.explore, head, content });
};
