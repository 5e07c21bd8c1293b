// The composer: one or several editors, images, the counter, and the button that sends CreateTweet.
import { mutate } from './api.js';
import { Attachments } from './attachments.js';
import { div, h, icon, state, words } from './dom.js';
import { Editor } from './editor.js';
import { toast } from './frame.js';
import { t } from './labels.js';
import { LIMIT, weight } from './weight.js';

const WARN_FROM = 260;
const FAILURES = {
  64: 'Your account is suspended and is not permitted to perform this action.',
  186: 'Your post exceeded the character limit. Upgrade to Premium to write longer posts.',
  187: 'Whoops! You already said that.',
  226: 'This request looks like it might be automated. To protect our users from spam and other malicious activity, we can’t complete this action right now.',
  326: 'To protect our users from spam, your account is temporarily locked. Please log in to unlock it.',
  344: 'You have reached your daily limit for sending posts. Please try again later.',
  385: 'You can’t reply to this conversation.',
};
const LOST = 'Something went wrong, but don’t fret — let’s give it another shot.';

const failure = (error) => FAILURES[error.code] ?? LOST;

class Composer {
  constructor({ inline = false, inReplyTo = null, placeholder = '', text = '', onSent = null }) {
    Object.assign(this, { inline, inReplyTo, placeholder, onSent });
    this.parts = div({ class: 'composer-parts' });
    this.attachments = new Attachments(() => this.refresh());
    this.counter = div({ role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': '0', class: 'counter' });
    this.button = h('button', { role: 'button', type: 'button', tid: inline ? 'tweetButtonInline' : 'tweetButton', class: 'pill accent', on: { click: () => this.submit() } });
    this.element = div({ class: inline ? 'composer inline-composer' : 'composer' }, this.face(), div({ class: 'composer-column' }, this.parts, this.attachments.element, this.tools()));
    this.element.addEventListener('keydown', (event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && this.submit());
    this.reset();
    if (text) this.editors[0].set(text);
  }

  face() {
    return div({ tid: `UserAvatar-Container-${state.handle}`, class: 'avatar' }, h('img', { alt: '', src: `/profile_images/${state.userId}_normal.svg` }));
  }

  tools() {
    const { input } = this.attachments;
    const pick = h('button', { 'aria-label': 'Add photos or video', type: 'button', class: 'round', on: { click: () => input.click() } }, icon('media'));
    this.add = h('button', { 'aria-label': 'Add post', role: 'button', tid: 'addButton', type: 'button', class: 'round outlined', on: { click: () => this.extend() } }, icon('plus'));
    return div({ tid: 'toolBar', class: 'tool-bar' }, div({}, input, pick), div({ class: 'tool-end' }, this.counter, this.button));
  }

  reset() {
    this.editors = [];
    this.parts.replaceChildren();
    this.grow();
    this.attachments.clear();
    this.refresh();
  }

  grow() {
    const placeholder = this.editors.length ? 'Add another post' : this.placeholder;
    const editor = new Editor({ index: this.editors.length, label: t.postText, placeholder, onChange: () => this.refresh() });
    this.editors.push(editor);
    this.parts.append(editor.element);
    return editor;
  }

  extend() {
    if (this.button.disabled) return;
    this.grow().focus();
    this.refresh();
  }

  refresh() {
    const weights = this.editors.map((editor) => weight(editor.text.trim()));
    const filled = weights.every((size, index) => size > 0 || (index === 0 && this.attachments.count));
    const fits = filled && weights.every((size) => size <= LIMIT) && !this.busy && !this.attachments.pending;
    const ready = fits && this.isSettled();
    const label = this.editors.length > 1 ? t.postAll : this.inReplyTo ? t.replyWord : t.post;
    this.button.replaceChildren(div({ dir: 'ltr' }, words(label)));
    this.button.disabled = !ready;
    for (const [name, value] of Object.entries({ 'aria-disabled': 'true', tabindex: '-1' })) {
      if (ready) this.button.removeAttribute(name);
      else this.button.setAttribute(name, value);
    }
    const most = Math.max(...weights);
    this.counter.setAttribute('aria-valuenow', String(Math.min(100, Math.floor((most * 100) / LIMIT))));
    this.counter.style.setProperty('--share', `${Math.min(100, (most * 100) / LIMIT)}%`);
    this.counter.textContent = most >= WARN_FROM ? String(LIMIT - most) : '';
    this.counter.classList.toggle('over', most > LIMIT);
    if (ready && !this.inline && !this.inReplyTo) this.button.before(this.add);
    else this.add.remove();
  }

  // On a busy page the button follows the text only after a while: a switch of the sandbox.
  isSettled() {
    const text = this.editors.map((editor) => editor.text).join('\0');
    if (text !== this.settling) {
      this.settling = text;
      this.readyAt = performance.now() + state.lateButton * 1000;
      if (state.lateButton) setTimeout(() => this.refresh(), state.lateButton * 1000 + 1);
    }
    return performance.now() >= this.readyAt;
  }

  variables(text, replyTo, media) {
    return {
      tweet_text: text,
      ...(replyTo && { reply: { in_reply_to_tweet_id: replyTo, exclude_reply_user_ids: [] } }),
      dark_request: false,
      media: { media_entities: media.map((id) => ({ media_id: id, tagged_users: [] })), possibly_sensitive: false },
      semantic_annotation_ids: [],
    };
  }

  async submit() {
    if (this.button.disabled) return;
    this.busy = true;
    this.refresh();
    try {
      this.done(await this.sendAll());
    } catch (error) {
      toast(failure(error));
    } finally {
      this.busy = false;
      this.refresh();
    }
  }

  // A thread is a chain of replies; the first post's result is the answer.
  async sendAll() {
    let first = null;
    let above = this.inReplyTo;
    await this.attachments.describe();
    for (const [index, editor] of this.editors.entries()) {
      const variables = this.variables(editor.text.trim(), above, index ? [] : this.attachments.ids);
      const created = await mutate('CreateTweet', variables);
      const result = created.create_tweet.tweet_results.result;
      first ??= result;
      above = result.rest_id;
    }
    return first;
  }

  done(result) {
    toast(t.sent, `/${state.handle}/status/${result.rest_id}`);
    this.reset();
    this.onSent?.(result);
  }

  isEmpty() {
    return !this.attachments.count && this.editors.every((editor) => !editor.text.trim());
  }

  focus() {
    this.editors[0].focus();
  }
}

export const composer = (options) => new Composer(options);
