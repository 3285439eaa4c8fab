// Puts the page together: which panes are open, what the address says, who hears of changes.
import { emit, on } from './bus.js';
import { startClock } from './clock.js';
import { arrange, el, icon, iconButton, translateAll } from './dom.js';
import { language, setLanguage, startLanguage } from './i18n.js';
import { makePane } from './pane.js';
import { startRail } from './rail.js';
import { follow, group, person, parseKey } from './store.js';

const root = document.getElementById('panes');
const open = new Map(); // key → pane, in the order of the screen
const welcome = el('div.welcome', {}, icon('people'), el('h2', { t: 'emptyTitle' }), el('p', { t: 'emptyText' }));
let active = null;
let restored = false;

const panes = {
  isOpen: (key) => open.has(key),
  open(key) {
    if (!open.has(key)) open.set(key, makePane(key, panes));
    activate(key);
    open.get(key).node.scrollIntoView({ inline: 'nearest', block: 'nearest', behavior: 'smooth' });
    if (matchMedia('(hover: hover)').matches) open.get(key).focus();
  },
  close(key) {
    drop(key);
    if (active === key) active = [...open.keys()].pop() ?? null;
    document.body.dataset.view = 'rail';
    changed();
  },
  toggle(key) {
    const narrow = matchMedia('(max-width: 760px)').matches;
    if (open.has(key) && !narrow) panes.close(key);
    else panes.open(key);
  },
  /** The same phone shows another chat: it keeps its place in the row. */
  swap(from, to) {
    if (open.has(to)) {
      panes.open(to);
      return;
    }
    open.get(from).stop();
    const entries = [...open].map(([key, pane]) => (key === from ? [to, makePane(to, panes)] : [key, pane]));
    open.clear();
    for (const [key, pane] of entries) open.set(key, pane);
    activate(to);
    open.get(to).focus();
  },
  back() {
    document.body.dataset.view = 'rail';
    emit('panes');
  },
};

function drop(key) {
  open.get(key).stop();
  open.delete(key);
}

function activate(key) {
  active = key;
  document.body.dataset.view = 'pane';
  changed();
}

function changed() {
  const known = [...open.values()];
  document.body.dataset.ready = String(restored);
  for (const pane of known) pane.node.classList.toggle('active', pane.key === active);
  if (!known.length) translateAll(welcome); // it was not on the page when the language changed
  arrange(root, known.length ? known.map((pane) => pane.node) : [welcome]);
  for (const pane of known) pane.draw();
  if (restored) remember([...open.keys()].join(','));
  emit('panes');
}

function remember(keys) {
  localStorage.setItem('panes', keys);
  history.replaceState(null, '', keys ? `#p=${keys}` : location.pathname + location.search);
}

const keysIn = (text) => text.split(',').filter((key) => /^\d+(@-?\d+)?$/.test(key));

/** The address wins over what was open last time; people who no longer exist are left out. */
function restore() {
  const fromAddress = /[#&]p=([^&]*)/.exec(location.hash);
  const keys = keysIn(decodeURIComponent(fromAddress?.[1] ?? localStorage.getItem('panes') ?? ''));
  const valid = keys.filter((key) => person(parseKey(key).user) && (!parseKey(key).chat || group(parseKey(key).chat)));
  restored = true;
  for (const key of [...open.keys()]) if (!valid.includes(key)) drop(key);
  for (const key of valid) if (!open.has(key)) open.set(key, makePane(key, panes));
  active = valid[valid.length - 1] ?? null;
  document.body.dataset.view = fromAddress && valid.length ? 'pane' : 'rail';
  changed();
}

function buildTop() {
  const toggle = el('button.chip.language', { t: 'language', onclick: () => setLanguage(language() === 'zh' ? 'en' : 'zh') });
  document.getElementById('actions').append(el('span.offline', { t: 'offline', hidden: true, id: 'offline' }), toggle);
  on('online', (online) => {
    document.getElementById('offline').hidden = online;
  });
}

function buildHint() {
  if (localStorage.getItem('hint') === 'closed') return;
  const step = (n, key) => el('li', {}, el('b', { 'aria-hidden': 'true' }, String(n)), el('span', { t: key }));
  const strip = el('div.hint', {}, el('ol', {}, step(1, 'hint1'), step(2, 'hint2'), step(3, 'hint3')));
  const close = () => {
    strip.remove();
    localStorage.setItem('hint', 'closed');
  };
  strip.append(iconButton('close', 'hintClose', close));
  document.getElementById('hint').append(strip);
}

function wire() {
  on('language', () => {
    translateAll();
    for (const pane of open.values()) pane.draw();
  });
  on('chat', (key) => open.get(key)?.draw());
  on('groups', () => {
    if (!restored) restore();
    for (const pane of open.values()) pane.drawHead();
  });
  on('people', () => {
    for (const pane of open.values()) pane.drawHead();
  });
  document.addEventListener('visibilitychange', () => {
    for (const pane of open.values()) pane.read();
  });
  addEventListener('hashchange', restore);
}

startLanguage();
buildTop();
buildHint();
wire();
changed();
startRail(document.getElementById('rail'), panes);
startClock(document.getElementById('clock'));
follow((key) => open.has(key));
