// Text with entities → DOM nodes. Offsets count UTF-16 code units, as JavaScript's strings do.
import { el } from './dom.js';
import { t } from './i18n.js';

const PLAIN = /https?:\/\/[^\s<>"“”，。；）]+|(?<![\w/.])t\.me\/[\w/?=&-]+|(?<![\w/:.])\/[a-z0-9_]{1,32}(?:@\w+)?(?![\w/])/gi;
const TAGS = { bold: 'strong', italic: 'em', underline: 'u', strikethrough: 's', code: 'code', blockquote: 'blockquote' };

/** `handlers.link(url, label)` and `handlers.command(text)` are called on a click. */
export function richText(text, entities, handlers) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return nest(text, 0, text.length, sorted, handlers);
}

function nest(text, from, to, entities, handlers) {
  const nodes = [];
  let at = from;
  for (let i = 0; i < entities.length; i += 1) {
    const one = entities[i];
    const end = Math.min(one.offset + one.length, to);
    if (one.offset < at || end <= one.offset) continue;
    nodes.push(...plain(text.slice(at, one.offset), handlers));
    const inner = entities.slice(i + 1).filter((other) => other.offset < end);
    nodes.push(wrap(one, text.slice(one.offset, end), nest(text, one.offset, end, inner, inside(one, handlers)), handlers));
    at = end;
  }
  nodes.push(...plain(text.slice(at, to), handlers));
  return nodes;
}

/** Within a link or code nothing is made a link again. */
function inside(entity, handlers) {
  return ['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'blockquote', 'expandable_blockquote'].includes(entity.type) ? handlers : null;
}

function wrap(entity, text, kids, handlers) {
  switch (entity.type) {
    case 'pre':
      return el('pre', { data: { language: entity.language ?? '' } }, el('code', {}, ...kids));
    case 'expandable_blockquote':
      return el('blockquote', {}, ...kids);
    case 'spoiler':
      return spoiler(kids);
    case 'text_link':
      return link(entity.url, kids, handlers);
    case 'url':
      return link(text, kids, handlers);
    case 'email':
      return el('a', { href: `mailto:${text}` }, ...kids);
    case 'phone_number':
      return el('a', { href: `tel:${text}` }, ...kids);
    case 'bot_command':
      return handlers ? command(text, handlers) : el('span', {}, ...kids);
    case 'mention':
    case 'hashtag':
    case 'text_mention':
      return el('span.mention', {}, ...kids);
    default:
      return el(TAGS[entity.type] ?? 'span', {}, ...kids);
  }
}

function plain(text, handlers) {
  if (!text) return [];
  if (!handlers) return [text];
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(PLAIN)) {
    nodes.push(text.slice(at, match.index));
    nodes.push(match[0].startsWith('/') ? command(match[0], handlers) : link(match[0], [match[0]], handlers));
    at = match.index + match[0].length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((one) => one !== '');
}

export function link(address, kids, handlers) {
  const url = safeUrl(address);
  if (!url) return el('span', {}, ...kids);
  const onclick = (event) => {
    if (handlers?.link(url)) event.preventDefault();
  };
  return el('a', { href: url, target: '_blank', rel: 'noopener noreferrer', onclick }, ...kids);
}

function command(text, handlers) {
  return el('button.command', { onclick: () => handlers.command(text) }, text);
}

function spoiler(kids) {
  const open = (event) => {
    event.currentTarget.classList.add('open');
    event.currentTarget.removeAttribute('role');
  };
  const onkeydown = (event) => (event.key === 'Enter' || event.key === ' ') && open(event);
  return el('span.spoiler', { role: 'button', tabindex: '0', 'aria-label': t('linkHidden'), onclick: open, onkeydown }, ...kids);
}

/** Only addresses that cannot run script. */
export function safeUrl(address) {
  const text = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
  return /^(https?|tg|mailto|tel):/i.test(text) ? text : null;
}

/** `https://t.me/bot?start=X` or `tg://resolve?domain=bot&start=X` → `{ username, payload }`. */
export function deepLink(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (/^(www\.)?(t\.me|telegram\.me)$/.test(url.hostname)) {
    const username = url.pathname.slice(1).split('/')[0];
    return username ? { username, payload: url.searchParams.get('start') } : null;
  }
  if (url.protocol === 'tg:' && url.searchParams.get('domain')) {
    return { username: url.searchParams.get('domain'), payload: url.searchParams.get('start') };
  }
  return null;
}
