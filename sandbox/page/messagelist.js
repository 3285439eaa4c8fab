// The messages of a pane: drawn by key, so that neither scroll position nor focus nor typed text is lost.
import { arrange, avatar, el, icon } from './dom.js';
import { t } from './i18n.js';
import { preview } from './media.js';
import { messageNode } from './message.js';
import { botOf, chatOf, isGroup, markRead, parseKey } from './store.js';
import { dayKey, dayTitle, toMs } from './time.js';

const PAGE = 120; // messages in the DOM at first; more on request
const NEAR_BOTTOM = 80; // px
const ONE_BREATH = 300_000; // messages of one person within five minutes stand together

/** `context` is what a message needs (see message.js), `waiting(id)` the pressed buttons of a message. */
export function messageList(key, context, waiting) {
  const { chat } = parseKey(key);
  const items = new Map(); // key of a shown item → {node, signature}
  let limit = PAGE;
  let atBottom = true;
  let seen = 0;

  const list = el('div.messages', { role: 'log', 'aria-live': 'polite' });
  const scroller = el('div.scroller', { tabindex: '0', onscroll: scrolled }, list);
  const downBadge = el('span.badge', { hidden: true });
  const downButton = el('button.down', { label: 'newMessages', hidden: true, onclick: toBottom }, icon('down'), downBadge);
  const node = el('div.chat', {}, scroller, downButton);
  const watcher = new ResizeObserver(() => atBottom && toBottom());
  watcher.observe(list);
  watcher.observe(scroller);

  function scrolled() {
    atBottom = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM;
    if (atBottom) seen = chatOf(key).messages.length;
    drawDown();
    if (atBottom) read();
  }

  function toBottom() {
    scroller.scrollTop = scroller.scrollHeight;
  }

  function drawDown() {
    const fresh = chatOf(key).messages.length - seen;
    downButton.hidden = atBottom;
    downBadge.hidden = fresh <= 0;
    downBadge.textContent = String(fresh);
  }

  function read() {
    if (atBottom && !document.hidden && node.offsetParent) markRead(key);
  }

  function find(id) {
    return chatOf(key).messages.find((one) => one.message_id === id);
  }

  function jump(id) {
    const target = list.querySelector(`[data-id="${id}"]`);
    target?.scrollIntoView({ block: 'center', behavior: 'smooth' });
    target?.classList.add('flash');
    setTimeout(() => target?.classList.remove('flash'), 1500);
  }

  function entries(current) {
    const hiddenCount = Math.max(0, current.messages.length - limit);
    const shown = grouped(current.messages.slice(hiddenCount));
    const nodes = hiddenCount ? [item('earlier', t('earlier'), () => el('button.earlier', { onclick: earlier }, t('earlier')))] : [];
    let day = '';
    shown.forEach((one, index) => {
      const ms = toMs(one.messages[0].date);
      if (dayKey(ms) !== day) nodes.push(item(`day-${one.id}`, dayTitle(ms), () => el('div.day', {}, el('span', {}, dayTitle(ms)))));
      day = dayKey(ms);
      nodes.push(messageItem(one, shown[index - 1], shown[index + 1]));
    });
    if (!current.messages.length && current.loaded) nodes.push(item('empty', t('start'), emptyNote));
    return nodes;
  }

  function messageItem(one, before, after) {
    const place = { first: !joined(before, one), last: !joined(one, after) };
    const original = one.messages[0].reply_to && find(one.messages[0].reply_to);
    const signature = JSON.stringify([one.messages, place, waiting(one.id), original && preview(original), t('edited')]);
    return item(`m${one.id}`, signature, () => messageNode(one.messages, { ...context, ...place, find, jump }));
  }

  function item(id, signature, make) {
    const known = items.get(id);
    if (known?.signature === signature) return known.node;
    const made = make();
    if (!known && chatOf(key).settled) made.classList.add('appear');
    if (known) keepFocus(known.node, made);
    items.set(id, { node: made, signature });
    return made;
  }

  function emptyNote() {
    if (isGroup(chat)) return el('div.empty-chat', {}, el('p', {}, t('emptyGroup')));
    const bot = botOf(chat);
    return el('div.empty-chat', {}, avatar(bot?.id ?? 0, bot?.name ?? t('bot'), 'large'), el('p', {}, t('startText')));
  }

  function earlier() {
    const distance = scroller.scrollHeight - scroller.scrollTop;
    limit += PAGE;
    draw();
    scroller.scrollTop = scroller.scrollHeight - distance;
  }

  function draw() {
    const current = chatOf(key);
    const nodes = entries(current);
    arrange(list, nodes);
    const kept = new Set(nodes);
    for (const [id, entry] of items) if (!kept.has(entry.node)) items.delete(id);
    if (current.loaded) current.settled = true;
    if (atBottom) {
      seen = current.messages.length;
      toBottom();
      read();
    }
    drawDown();
  }

  function follow() {
    atBottom = true;
  }

  return { node, draw, read, follow, stop: () => watcher.disconnect() };
}

/** Messages of one album stand together where its first stood, even if the bot spoke in between; every other is an item of its own. */
function grouped(messages) {
  const albums = new Map();
  const result = [];
  for (const one of messages) {
    const album = albums.get(one.media_group_id);
    if (album) {
      album.messages.push(one);
      continue;
    }
    const entry = { id: one.message_id, messages: [one] };
    if (one.media_group_id) albums.set(one.media_group_id, entry);
    result.push(entry);
  }
  return result;
}

function joined(upper, lower) {
  if (!upper || !lower) return false;
  const [a, b] = [upper.messages[0], lower.messages[0]];
  return !a.service && !b.service && a.from_id === b.from_id && Math.abs(toMs(a.date) - toMs(b.date)) < ONE_BREATH;
}

/** A bubble redrawn under the keyboard's focus keeps it on the same button. */
function keepFocus(old, made) {
  const index = [...old.querySelectorAll('button, a')].indexOf(document.activeElement);
  if (index >= 0) queueMicrotask(() => made.querySelectorAll('button, a')[index]?.focus());
}
