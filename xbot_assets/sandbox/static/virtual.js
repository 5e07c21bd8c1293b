// A virtualised list: cells are placed absolutely, and those far from the window are not in the document.
import { div } from './dom.js';

const OVERSCAN = 900;
const GUESS = 180;

export class VirtualList {
  constructor(label, onEnd) {
    this.items = [];
    this.heights = new Map();
    this.mounted = new Map();
    this.onEnd = onEnd;
    this.root = div({ style: 'position: relative; min-height: 0px;' });
    this.element = div({ 'aria-label': label }, this.root);
    this.watcher = new ResizeObserver((entries) => this.measured(entries));
    this.onScroll = () => this.schedule();
    addEventListener('scroll', this.onScroll, { passive: true });
    addEventListener('resize', this.onScroll, { passive: true });
  }

  stop() {
    removeEventListener('scroll', this.onScroll);
    removeEventListener('resize', this.onScroll);
    this.watcher.disconnect();
  }

  // Items are {key, render}; a key is shown once.
  add(items) {
    const known = new Set(this.items.map((item) => item.key));
    this.items.push(...items.filter((item) => !known.has(item.key) && known.add(item.key)));
    this.layout();
  }

  insertFirst(items) {
    this.items.unshift(...items);
    this.layout();
  }

  insertAfter(key, items) {
    const place = this.items.findIndex((item) => item.key === key);
    this.items.splice(place + 1, 0, ...items);
    this.layout();
  }

  replace(key, items) {
    const place = this.items.findIndex((item) => item.key === key);
    if (place < 0) return;
    this.unmount(key);
    this.items.splice(place, 1);
    const known = new Set(this.items.map((item) => item.key));
    this.items.splice(place, 0, ...items.filter((item) => !known.has(item.key)));
    this.layout();
  }

  schedule() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.layout();
    });
  }

  measured(entries) {
    let changed = false;
    for (const { target } of entries) {
      const height = target.offsetHeight;
      if (!target.isConnected || this.heights.get(target.itemKey) === height) continue;
      this.heights.set(target.itemKey, height);
      changed = true;
    }
    if (changed) this.layout();
  }

  layout() {
    const top = -this.root.getBoundingClientRect().top - OVERSCAN;
    const bottom = top + innerHeight + 2 * OVERSCAN;
    let y = 0;
    const wanted = new Set();
    for (const item of this.items) {
      const height = this.heights.get(item.key) ?? GUESS;
      if (y + height >= top && y <= bottom) {
        wanted.add(item.key);
        y += this.place(item, y);
      } else {
        y += height;
      }
    }
    for (const key of [...this.mounted.keys()]) if (!wanted.has(key)) this.unmount(key);
    this.root.style.minHeight = `${y}px`;
    if (bottom >= y) this.onEnd?.();
  }

  place(item, y) {
    let cell = this.mounted.get(item.key);
    if (!cell) {
      cell = div({ tid: 'cellInnerDiv' }, item.render());
      cell.itemKey = item.key;
      cell.style.cssText = 'position: absolute; width: 100%;';
      this.root.append(cell);
      this.mounted.set(item.key, cell);
      this.heights.set(item.key, cell.offsetHeight);
      this.watcher.observe(cell);
    }
    cell.style.transform = `translateY(${y}px)`;
    return this.heights.get(item.key);
  }

  unmount(key) {
    const cell = this.mounted.get(key);
    if (!cell) return;
    this.watcher.unobserve(cell);
    cell.remove();
    this.mounted.delete(key);
  }
}
