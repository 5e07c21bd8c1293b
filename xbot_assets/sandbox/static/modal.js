// The compose dialog, over the page one came from; /compose/post by itself shows it over home.
import { query } from './api.js';
import { composer } from './composer.js';
import { div, h, icon, words } from './dom.js';
import { t } from './labels.js';
import { cover } from './overlay.js';
import { drawn } from './post.js';
import { back } from './router.js';

const confirmDiscard = (discard) => {
  const close = () => sheet.remove();
  const act = () => {
    close();
    discard();
  };
  const sheet = div(
    { class: 'layer top' },
    div({ tid: 'mask', class: 'mask', on: { click: close } }),
    div(
      { role: 'alertdialog', 'aria-modal': 'true', tid: 'confirmationSheetDialog', class: 'sheet' },
      h('h1', {}, 'Save post?'),
      h('p', {}, 'Drafts are not kept in the sandbox.'),
      h('button', { type: 'button', tid: 'confirmationSheetConfirm', class: 'pill dark', on: { click: close } }, words('Keep writing')),
      h('button', { type: 'button', tid: 'confirmationSheetCancel', class: 'pill', on: { click: act } }, words('Discard')),
    ),
  );
  document.getElementById('layers').append(sheet);
};

const parent = async (holder, id) => {
  try {
    const answer = await query('TweetResultByRestId', { tweetId: id });
    if (answer.tweetResult.result) holder.append(drawn(answer.tweetResult.result, null, { below: true }));
  } catch {
    // The dialog works without the post it answers, as on X.
  }
};

export const openComposer = (parameters, behind) => {
  behind?.();
  document.querySelector('#layers > .layer')?.remove();
  const inReplyTo = parameters.get('in_reply_to');
  const leave = () => {
    layer.remove();
    back();
  };
  const box = composer({ inReplyTo, placeholder: inReplyTo ? t.postReply : t.whatsUp, text: parameters.get('text') ?? '', onSent: leave });
  const close = () => (box.isEmpty() ? leave() : confirmDiscard(leave));
  const button = h('button', { 'aria-label': t.close, role: 'button', tid: 'app-bar-close', type: 'button', class: 'round', on: { click: close } }, icon('close'));
  const above = div({ class: 'answered' });
  const dialog = div({ 'aria-labelledby': 'modal-header', 'aria-modal': 'true', role: 'dialog', class: 'dialog compose' }, div({ class: 'dialog-bar' }, button), above, box.element);
  const layer = div({ class: 'layer' }, div({ tid: 'mask', class: 'mask', on: { click: close } }), dialog);
  dialog.addEventListener('keydown', (event) => event.key === 'Escape' && !event.defaultPrevented && close());
  document.getElementById('layers').append(layer);
  if (inReplyTo) parent(above, inReplyTo);
  box.focus();
  cover(box.button);
};
