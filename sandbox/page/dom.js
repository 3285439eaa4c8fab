// Builds DOM nodes. Text always becomes a text node: nothing a person or a bot wrote is ever parsed as HTML.
import { t } from './i18n.js';

const SVG = 'http://www.w3.org/2000/svg';

const ICONS = {
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M15 5l-7 7 7 7',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  send: 'M4 12l16-8-6 16-3-7-7-1z',
  clip: 'M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4L14.5 7.5',
  menu: 'M4 7h16M4 12h16M4 17h10',
  keys: 'M3 6h18v12H3zM7 10h.01M12 10h.01M17 10h.01M8 14h8',
  photo: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  sparkle: 'M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8z',
  pin: 'M12 21s7-6.5 7-11a7 7 0 1 0-14 0c0 4.5 7 11 7 11zM12 10h.01',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.3M18 13.5a6.5 6.5 0 0 1 3.5 5.5',
  smile: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5h.01M15 9.5h.01',
  mute: 'M6 17V11a6 6 0 0 1 9.5-4.9M18 11v6H7M10 20h4M4 4l16 16',
  reply: 'M10 6L4 12l6 6M4 12h9a7 7 0 0 1 7 7',
  forward: 'M14 6l6 6-6 6M20 12h-9a7 7 0 0 0-7 7',
  edit: 'M4 20l1-4L16 5l3 3L8 19z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  down: 'M6 9l6 6 6-6',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  block: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM6 6l12 12',
  play: 'M8 5l11 7-11 7z',
  plus: 'M12 5v14M5 12h14',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  chat: 'M4 5h16v11H11l-5 4v-4H4z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  calendar: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.8-4.8',
};

/** `el('button.primary', { t: 'send', onclick })`: t, label and placeholder are keys of the page's texts and follow the language. */
export function el(spec, props = {}, ...kids) {
  const [tag, ...classes] = spec.split('.');
  const node = document.createElement(tag || 'div');
  if (classes.length) node.className = classes.join(' ');
  for (const [name, value] of Object.entries(props ?? {})) setProp(node, name, value);
  if (tag === 'button' && !props?.type) node.type = 'button';
  node.append(...kids.flat().filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
  else if (name === 't' || name === 'label' || name === 'ph') {
    node.dataset[`t${name}`] = value;
    translate(node);
  } else if (name === 'data') Object.assign(node.dataset, value);
  else if (name === 'style') node.style.cssText = value;
  else if (name in node && typeof value !== 'string') node[name] = value;
  else node.setAttribute(name, value === true ? '' : value);
}

function translate(node) {
  if (node.dataset.tt) node.textContent = t(node.dataset.tt);
  if (node.dataset.tph) node.placeholder = t(node.dataset.tph);
  if (node.dataset.tlabel) {
    node.setAttribute('aria-label', t(node.dataset.tlabel));
    node.title = t(node.dataset.tlabel);
  }
}

export function translateAll(root = document) {
  for (const node of root.querySelectorAll('[data-tt],[data-tph],[data-tlabel]')) translate(node);
}

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, extra = '') {
  return el(`button.icon-button${extra}`, { label, onclick }, icon(name));
}

const COLOURS = ['#c2410c', '#b45309', '#4d7c0f', '#047857', '#0e7490', '#1d4ed8', '#6d28d9', '#be185d'];

export function colourOf(id) {
  return COLOURS[Math.abs(Number(id)) % COLOURS.length];
}

export function initials(name) {
  const words = String(name ?? '?').trim().split(/[\s·]+/);
  const first = [...(words[0] || '?')];
  if (/\p{Script=Han}/u.test(first[0])) return first[0];
  return (first[0] + ([...(words[1] ?? '')][0] ?? '')).toUpperCase();
}

export function avatar(id, name, kind = '') {
  return el(`span.avatar${kind ? `.${kind}` : ''}`, { style: `background:${colourOf(id)}`, 'aria-hidden': 'true' }, initials(name));
}

/** Puts `nodes` into `parent` in this order and touches only what moved, so that focus and scroll position stay. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
}
