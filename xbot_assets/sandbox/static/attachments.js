// The images of one post while it is written: the file input, the previews in order, and the uploads behind them.
import { div, h, icon } from './dom.js';
import { toast } from './frame.js';
import { t } from './labels.js';
import { editMedia } from './mediaeditor.js';
import { describe, upload } from './uploading.js';

const TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];
const MOST = 4;
const MOST_BYTES = 5_000_000;
const GIF = 'image/gif';
const MOST_GIF_BYTES = 15_000_000;
const [LEAST_SIDE, MOST_SIDE] = [4, 8192];
const UNREADABLE = 'Some of your media failed to load.';
const LOST = 'Some of your media failed to upload.';

// A file the browser cannot show is not uploaded, nor one of dimensions that X does not take.
const readable = async (file) => {
  try {
    const bitmap = await createImageBitmap(file);
    const sides = [bitmap.width, bitmap.height];
    bitmap.close();
    return Math.min(...sides) >= LEAST_SIDE && Math.max(...sides) <= MOST_SIDE;
  } catch {
    return false;
  }
};

export class Attachments {
  constructor(onChange) {
    this.items = [];
    this.onChange = onChange;
    this.element = div({ tid: 'attachments', class: 'attachments', hidden: true });
    const take = () => {
      const files = [...this.input.files];
      this.input.value = '';
      this.add(files);
    };
    this.input = h('input', { type: 'file', accept: TYPES.join(','), multiple: true, tid: 'fileInput', class: 'visually-hidden', tabindex: '-1', on: { change: take } });
  }

  get count() {
    return this.items.length;
  }

  get pending() {
    return this.items.some((item) => !item.id);
  }

  get ids() {
    return this.items.map((item) => item.id);
  }

  async add(files) {
    if (this.count + files.length > MOST) {
      toast('Please choose up to 4 photos, videos, or GIFs.');
      return;
    }
    const types = [...this.items.map((item) => item.file.type), ...files.map((file) => file.type)];
    if (types.includes(GIF) && types.length > 1) {
      toast('Please choose either 1 GIF or up to 4 photos.');
      return;
    }
    const fitting = await Promise.all(files.map(async (file) => TYPES.includes(file.type) && file.size <= (file.type === GIF ? MOST_GIF_BYTES : MOST_BYTES) && (await readable(file))));
    if (fitting.includes(false)) toast(UNREADABLE);
    const added = files.filter((_file, index) => fitting[index]).map((file) => ({ file, id: null, alt: '', url: URL.createObjectURL(file), bar: null }));
    this.items.push(...added);
    this.draw();
    added.forEach((item) => this.send(item));
  }

  async send(item) {
    try {
      item.id = await upload(item.file, (share) => item.bar?.setAttribute('aria-valuenow', String(Math.floor(share * 100))));
    } catch {
      this.remove(item);
      toast(LOST);
    }
    this.draw();
  }

  remove(item) {
    URL.revokeObjectURL(item.url);
    this.items = this.items.filter((other) => other !== item);
    this.draw();
  }

  clear() {
    [...this.items].forEach((item) => this.remove(item));
  }

  // The texts go to the site when the post does.
  describe() {
    return Promise.all(this.items.filter((item) => item.alt).map((item) => describe(item.id, item.alt)));
  }

  preview(item) {
    item.bar = item.id ? null : div({ role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': '0', class: 'upload-bar' });
    const away = h('button', { 'aria-label': 'Remove media', role: 'button', type: 'button', class: 'round over', on: { click: () => this.remove(item) } }, icon('close'));
    const badge = item.alt && div({ class: 'alt-badge', 'aria-hidden': 'true' }, 'ALT');
    return div({ role: 'group', 'aria-label': t.media, class: 'preview' }, h('img', { alt: '', draggable: 'false', src: item.url }), away, badge, item.bar);
  }

  describer() {
    const label = this.count > 1 ? 'Add descriptions' : 'Add description';
    const open = (event) => {
      event.preventDefault();
      editMedia(this.items, () => this.draw());
    };
    return h('a', { href: '/compose/post/media', dir: 'ltr', 'aria-label': label, role: 'link', tid: 'altTextWrapper', class: 'describe', on: { click: open } }, h('span', { tid: 'altTextLabel' }, label));
  }

  draw() {
    this.element.hidden = !this.count;
    this.element.replaceChildren(div({ class: 'previews' }, this.items.map((item) => this.preview(item))), this.count ? this.describer() : '');
    this.onChange();
  }
}
