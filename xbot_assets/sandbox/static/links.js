// Where X sees links in a text: a reader that walks the text, written apart from what it tests.
import { COUNTRIES, GENERIC } from './endings.js';

const SCHEME = /https?:\/\//iy;
const NEVER = '\uFEFF\uFFFE\uFFFF';
const DIRECTIONS = '\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069';
const SPACES = /[\t-\r \x85\xA0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]/;
const PUNCTUATION = "!'#%&()*+,\\-./:;<=>?@[]^_{|}~$";
const TOO_LONG = 4096;
const LABEL = 63;
const SLUG = 40;

// Capitals and small letters are one to X where each has one of the other, and none of them becomes a letter of ASCII.
const capital = (c) => {
  const upper = c.toUpperCase();
  return upper.length > 1 || (c > '\x7F' && upper <= '\x7F') ? c : upper;
};
const capitals = (word) => [...word].map(capital).join('');
const sets = [GENERIC, COUNTRIES].map((words) => new Set(words.trim().split(/\s+/).map(capitals)));
const longest = Math.max(...sets.flatMap((set) => [...set].map((word) => word.length)));

const isName = (c) => c !== undefined && !PUNCTUATION.includes(c) && !SPACES.test(c) && !NEVER.includes(c) && !DIRECTIONS.includes(c);
const isLatin = (c) => /[À-ÖØ-öø-ÿĀ-ɏɓɔɖɗəɛɣɨɯɲʉʻ\u0300-\u036FḀ-ỿ]/i.test(c);
const isCyrillic = (c) => /[Ѐ-ӿ]/i.test(c);
const isWord = (c) => /[a-z0-9]/i.test(c) || isLatin(c) || isCyrillic(c);
const isPathPart = (c) => c !== undefined && (isWord(c) || "!*';:=+,.$/%#[]-\u2013_~@|&".includes(c));
const isPathEnd = (c) => isWord(c) || '+-=_#/'.includes(c);
const isQuery = (c) => c !== undefined && (/[a-z0-9]/i.test(c) || "!?*'@();:&=+$/%#[]-_.,~|".includes(c));
const isQueryEnd = (c) => /[a-z0-9]/i.test(c) || '-_&=#/'.includes(c);
const mayPrecede = (c) => DIRECTIONS.includes(c) || (!/[A-Za-z0-9@＠$#＃]/.test(c) && !NEVER.includes(c));

// The end of the name that begins at a place, or -1.
const nameEnd = (text, from) => {
  for (const set of sets) {
    for (let end = Math.min(text.length, from + longest); end > from; end -= 1) {
      const after = text[end];
      if ((after === undefined || !/[0-9A-Za-z@+-]/.test(after)) && set.has(capitals(text.slice(from, end)))) return end;
    }
  }
  const coded = /xn--[-0-9a-z]+/iy;
  coded.lastIndex = from;
  return coded.test(text) ? coded.lastIndex : -1;
};

// Where the domains of a text end: the one with most labels. Each label is looked at once, however many places lead to it.
class Domains {
  constructor(text) {
    this.text = text;
    this.ends = new Map();
    this.known = new Map();
    this.stops = new Array(text.length + 1).fill(text.length);
    for (let at = text.length - 1; at >= 0; at -= 1) this.stops[at] = isName(text[at]) || '-_'.includes(text[at]) ? this.stops[at + 1] : at;
  }

  isLabel(at) {
    const stop = this.stops[at];
    return this.text[stop] === '.' && isName(this.text[at]) && isName(this.text[stop - 1]);
  }

  // The end of the name after a label, or -1; the label before it holds no low line.
  nameAfter(label) {
    const dot = this.stops[label];
    if (!this.known.has(dot)) this.known.set(dot, nameEnd(this.text, dot + 1));
    return this.text.slice(label, dot).includes('_') ? -1 : this.known.get(dot);
  }

  // The end of the domain that begins at a place, or -1.
  end(from) {
    const labels = [];
    let at = from;
    for (; !this.ends.has(at) && this.isLabel(at); at = this.stops[at] + 1) labels.push(at);
    let further = this.ends.get(at) ?? -1;
    this.ends.set(at, further);
    for (const label of labels.reverse()) {
      if (further < 0) further = this.nameAfter(label);
      this.ends.set(label, further);
    }
    return this.ends.get(from);
  }
}

const closing = (text, from, deep) => {
  let at = from + 1;
  let nested = false;
  for (;;) {
    if (isPathPart(text[at])) at += 1;
    else if (deep && !nested && text[at] === '(') {
      const end = closing(text, at, false);
      if (end < 0) return -1;
      nested = true;
      at = end;
    } else break;
  }
  return text[at] === ')' && at > from + 1 ? at + 1 : -1;
};

const pathEnd = (text, from) => {
  let last = from + 1;
  for (let at = last; ; ) {
    const end = text[at] === '(' ? closing(text, at, true) : isPathPart(text[at]) ? at + 1 : -1;
    if (end < 0) return last;
    if (text[at] === '(' || isPathEnd(text[at])) last = end;
    at = end;
  }
};

const queryEnd = (text, from) => {
  let last = from;
  for (let at = from + 1; isQuery(text[at]); at += 1) if (isQueryEnd(text[at])) last = at + 1;
  return last;
};

// How long a label is in Punycode (RFC 3492), which is all that counts here.
const punycodeLength = (label) => {
  const points = [...label].map((c) => c.codePointAt(0));
  const basic = points.filter((point) => point < 128).length;
  let [length, handled, delta, bias, from] = [4 + basic + (basic ? 1 : 0), basic, 0, 72, 128];
  for (const point of [...new Set(points.filter((other) => other >= 128))].sort((a, b) => a - b)) {
    delta += (point - from) * (handled + 1);
    for (const other of points) {
      if (other < point) delta += 1;
      if (other !== point) continue;
      let rest = delta;
      for (let k = 36; ; k += 36) {
        const least = Math.min(26, Math.max(1, k - bias));
        length += 1;
        if (rest < least) break;
        rest = Math.floor((rest - least) / (36 - least));
      }
      handled += 1;
      delta = Math.floor(delta / (handled === basic + 1 ? 700 : 2));
      delta += Math.floor(delta / handled);
      bias = 0;
      for (; delta > 455; bias += 36) delta = Math.floor(delta / 35);
      bias += Math.floor((36 * delta) / (delta + 38));
      delta = 0;
    }
    delta += 1;
    from = point + 1;
  }
  return length;
};

const codedLength = (label) => (/^[ -~]*$/.test(label) ? label.length : punycodeLength(label));

const hostLength = (label) => (/^[ -~]*$/.test(label) ? label.length : label.split(/[。．｡]/).reduce((sum, part) => sum + 1 + codedLength(part), -1));

const isHost = (domain) => domain.split('.').every((label) => [...label].length <= LABEL && hostLength(label) <= LABEL);

// The parts of a domain that could be one in ASCII; X links only those when nothing says https.
const asciiParts = (domain) => {
  const parts = [];
  for (let from = 0; from < domain.length; from += 1) {
    let stop = from;
    while (stop < domain.length && (/[-a-z0-9.]/i.test(domain[stop]) || isLatin(domain[stop]))) stop += 1;
    for (let dot = domain.lastIndexOf('.', stop - 1); dot > from; dot = domain.lastIndexOf('.', dot - 1)) {
      const labels = domain.slice(from, dot).split('.');
      const end = labels.every(Boolean) ? nameEnd(domain, dot + 1) : -1;
      if (end < 0) continue;
      parts.push([from, end]);
      from = end - 1;
      break;
    }
  }
  return parts;
};

const bare = (at, domain, size, hasPath) => {
  const parts = asciiParts(domain);
  const after = hasPath ? size - domain.length : 0;
  let seen = 0;
  return parts.map(([from, end], index) => {
    const place = domain.indexOf(domain.slice(from, end), seen);
    seen = place + end - from;
    return [at + place, end - from + (index === parts.length - 1 ? after : 0)];
  });
};

// What stands at a place: where it ends, and the links in it.
const read = (domains, at) => {
  const { text } = domains;
  SCHEME.lastIndex = at;
  const scheme = SCHEME.test(text) ? SCHEME.lastIndex - at : 0;
  const host = domains.end(at + scheme);
  if (host < 0) return null;
  const domain = text.slice(at + scheme, host);
  const port = text.slice(host).match(/^:[0-9]+/)?.[0].length ?? 0;
  const hasPath = text[host + port] === '/';
  const path = hasPath ? pathEnd(text, host + port) : host + port;
  const end = text[path] === '?' ? queryEnd(text, path) : path;
  const size = end - at;
  if (!isHost(domain) || size + (scheme || 8) > TOO_LONG) return { end, links: [] };
  if (!scheme) return { end, links: /[-_./]/.test(text[at - 1] ?? '') ? [] : bare(at, domain, size, hasPath) };
  const short = text.slice(at, end).match(/^https?:\/\/t\.co\/([a-z0-9]+)/i);
  if (!short) return { end, links: [[at, size]] };
  const slug = at + short[0].length;
  const whole = text[slug] === '?' ? queryEnd(text, slug) : slug;
  return { end, links: short[1].length > SLUG ? [] : [[at, whole - at]] };
};

// The links of a text: place to length, in UTF-16 units.
export const linksIn = (text) => {
  const links = new Map();
  if (!text.includes('.')) return links;
  const domains = new Domains(text);
  for (let from = 0; from < text.length; ) {
    const begin = mayPrecede(text[from]) ? read(domains, from + 1) : null;
    const seen = begin ?? (from === 0 ? read(domains, 0) : null);
    for (const [place, length] of seen?.links ?? []) links.set(place, length);
    from = seen ? seen.end : from + 1;
  }
  return links;
};
