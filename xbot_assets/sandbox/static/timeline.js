// Turns timeline instructions into cells of a virtualised list, page after page.
import { Refused } from './api.js';
import { div, h, words } from './dom.js';
import { t } from './labels.js';
import { drawn, placeholder } from './post.js';
import { notice, userCell } from './people.js';
import { VirtualList } from './virtual.js';

let lists = 0;

const said = (text) => (text === 'Discover more' ? t.discoverMore : text);
const heading = (text, sub) => div({ class: 'heading' }, h('h2', { 'aria-level': '2', role: 'heading' }, div({ dir: 'ltr' }, words(said(text)))), sub && div({}, words(sub)));

const separator = (key) => ({ key: `${key}-end`, render: () => div({ class: 'separator' }) });

export class Timeline {
  // `load(cursor)` answers instructions; `focal` is the id of the post a status page is about.
  constructor(label, load, { focal = null, empty = null } = {}) {
    this.load = load;
    this.focal = focal;
    this.empty = empty;
    this.seenFocal = false;
    this.list = new VirtualList(t.timeline(label), () => this.more());
    const id = `accessible-list-${lists++}`;
    const title = h('h1', { dir: 'auto', 'aria-level': '1', role: 'heading', id, class: 'visually-hidden' }, label);
    this.element = h('section', { 'aria-labelledby': id, role: 'region' }, title, this.list.element);
    this.spinner = div({ role: 'progressbar', class: 'spinner', 'aria-label': 'Loading' });
    this.element.append(this.spinner);
  }

  stop() {
    this.list.stop();
  }

  async start() {
    await this.page(undefined);
    return this;
  }

  async more() {
    if (!this.next || this.busy) return;
    await this.page(this.next);
  }

  async page(cursor) {
    this.busy = true;
    this.spinner.hidden = false;
    try {
      const instructions = await this.load(cursor);
      this.take(instructions, cursor);
    } catch (error) {
      this.fail(error, cursor);
    } finally {
      this.busy = false;
      this.spinner.hidden = true;
    }
    this.list.layout();
  }

  take(instructions, cursor) {
    const entries = instructions.flatMap((one) => (one.type === 'TimelinePinEntry' ? [one.entry] : one.entries ?? []));
    const bottom = entries.find((entry) => entry.content.cursorType === 'Bottom');
    const cells = entries.flatMap((entry) => this.cells(entry));
    const repeated = bottom && bottom.content.value === cursor;
    this.next = bottom && cells.length && !repeated ? bottom.content.value : undefined;
    this.list.add(cells);
    if (!this.list.items.length && this.empty) this.element.replaceChildren(this.empty());
  }

  fail(error, cursor) {
    this.next = undefined;
    const again = () => {
      box.remove();
      this.page(cursor);
    };
    const gone = error instanceof Refused && error.code === 144;
    const box = gone ? missing() : reload(again);
    this.element.append(box);
  }

  cells(entry) {
    const content = entry.content;
    if (content.entryType === 'TimelineTimelineCursor') return [];
    if (content.entryType === 'TimelineTimelineItem') return this.single(entry.entryId, content.itemContent);
    const items = content.items.map((one) => one.item.itemContent);
    if (content.items[0]?.item.itemContent.itemType === 'TimelineUser') return this.people(entry, items);
    const title = content.header && { key: `${entry.entryId}-header`, render: () => heading(content.header.text, content.header.socialContext?.text) };
    const joined = !content.header && items.length > 1;
    const cells = items.map((item, index) => {
      const lines = joined ? { above: index > 0, below: index < items.length - 1 } : {};
      return { key: content.items[index].entryId, render: () => drawn(item.tweet_results.result, item, lines) };
    });
    return [title, ...cells, separator(entry.entryId)].filter(Boolean);
  }

  single(key, content) {
    if (content.cursorType) return [this.prompt(key, content)];
    if (content.itemType === 'TimelineNotification') return [{ key, render: () => notice(content) }, separator(key)];
    const result = content.tweet_results.result;
    const focal = this.focal !== null && result?.rest_id === this.focal;
    const above = this.focal !== null && !this.seenFocal && !focal;
    this.seenFocal ||= focal;
    const options = { focal, promoted: Boolean(content.promotedMetadata), below: above };
    const cell = { key, render: () => drawn(result, content, options) };
    return focal ? [cell, { key: 'inline-reply', render: () => this.composer?.() ?? div() }] : [cell, separator(key)];
  }

  prompt(key, content) {
    const show = async () => {
      const instructions = await this.load(content.value);
      const entries = instructions.flatMap((one) => one.entries ?? []);
      this.list.replace(key, entries.flatMap((entry) => this.cells(entry)));
    };
    const { labelText, actionText } = content.displayTreatment;
    return { key, render: () => placeholder(labelText, actionText, show) };
  }

  people(entry, items) {
    const cells = items.map((item, index) => ({ key: entry.content.items[index].entryId, render: () => userCell(item.user_results.result) }));
    const title = entry.content.header?.text ?? '';
    return [{ key: `${entry.entryId}-header`, render: () => heading(title) }, ...cells, separator(entry.entryId)];
  }
}

export const reload = (again) => {
  const button = h('button', { role: 'button', type: 'button', class: 'pill', on: { click: again } }, words(t.retry));
  return div({ class: 'trouble' }, div({ dir: 'ltr' }, words(t.wrong)), button);
};

export const missing = () => {
  const text = 'Hmm...this page doesn’t exist. Try searching for something else.';
  const link = h('a', { href: '/explore', role: 'link', class: 'pill' }, words(t.search));
  return div({ tid: 'error-detail', class: 'trouble' }, div({ dir: 'ltr' }, words(text)), link);
};

export const emptyState = (title, text) => () =>
  div({ tid: 'emptyState', class: 'trouble' }, div({ tid: 'empty_state_header_text', dir: 'ltr', class: 'trouble-title' }, words(title)), text && div({ tid: 'empty_state_body_text', dir: 'ltr' }, words(text)));
