// One phone: a person in one chat.
import { composer } from './composer.js';
import { choose, fail, popupMenu, toast } from './dialogs.js';
import { arrange, avatar, el, icon, iconButton } from './dom.js';
import { t } from './i18n.js';
import { preview } from './media.js';
import { messageNode } from './message.js';
import { forwardMessage } from './forward.js';
import { openLink } from './links.js';
import { presses } from './presses.js';
import { act, botKey, botOf, chatOf, group, groupsOf, isGroup, markRead, paneKey, parseKey, person, refresh, state, unread } from './store.js';
import { dayKey, dayTitle, toMs } from './time.js';

const PAGE = 120; // messages in the DOM at first; more on request
const NEAR_BOTTOM = 80;

/** Every chat a person has: with the bots, then the groups. */
function placesOf(user) {
  const bots = state.bots.map((one) => ({ key: botKey(user, one), id: one.id, name: one.name, kind: 'bot' }));
  return [...bots, ...groupsOf(user).map((one) => ({ key: paneKey(user, one.id), id: one.id, name: one.title, kind: 'group' }))];
}

/** `panes`: {open(key), close(key), swap(from, to), back()}. */
export function makePane(key, panes) {
  const { user, chat } = parseKey(key);
  const items = new Map(); // key of a shown item → {node, signature}
  let limit = PAGE;
  let atBottom = true;
  let seen = 0;

  const list = el('div.messages', { role: 'log', 'aria-live': 'polite' });
  const scroller = el('div.scroller', { tabindex: '0', onscroll: scrolled }, list);
  const downBadge = el('span.badge', { hidden: true });
  const downButton = el('button.down', { label: 'newMessages', hidden: true, onclick: toBottom }, icon('down'), downBadge);
  const blockedBar = el('div.blocked', { hidden: true });
  const startBar = el('button.start', { t: 'start', hidden: true, onclick: () => start() });
  const notices = el('div.toasts', { role: 'status', 'aria-live': 'polite' });
  const pressing = presses(user, chat, notices, () => draw());
  const compose = composer({ user, chat, key, onsent, focusInput: () => compose.input.focus() });
  const head = el('header.pane-head');
  const tabs = el('div.tabs', { role: 'tablist', label: 'chats' });
  const node = el('section.pane', { data: { key }, ondragover: (event) => event.preventDefault(), ondrop: dropped }, head, tabs, el('div.chat', {}, scroller, downButton, notices), blockedBar, startBar, compose.node);
  new ResizeObserver(() => atBottom && toBottom()).observe(list);
  new ResizeObserver(() => atBottom && toBottom()).observe(scroller);

  function onsent() {
    atBottom = true;
    refresh(key);
  }

  function dropped(event) {
    event.preventDefault();
    if (event.dataTransfer.files.length) compose.takeFiles([...event.dataTransfer.files]);
  }

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
    if (!document.hidden && node.offsetParent) markRead(key);
  }

  const title = () => person(user)?.name ?? String(user);
  const isPrivate = !isGroup(chat);
  const bot = () => botOf(chat);

  function drawHead() {
    const who = person(user);
    const place = isPrivate ? (bot()?.name ?? t('private')) : (group(chat)?.title ?? '');
    node.setAttribute('aria-label', `${title()} · ${place}`);
    const signature = JSON.stringify([who, place, t('close')]);
    if (head.dataset.signature === signature) return;
    head.dataset.signature = signature;
    head.replaceChildren(
      iconButton('back', 'back', () => panes.back(), '.back-button'),
      avatar(user, title()),
      el('div.pane-title', {}, el('h2', {}, title(), who?.about ? el('small', {}, who.about) : null), el('p', {}, icon(isPrivate ? 'chat' : 'people'), place)),
      iconButton('more', 'paneMenu', (event) => openMenu(event.currentTarget)),
      iconButton('close', 'close', () => panes.close(key), '.close-button'),
    );
  }

  /** Where a person is in groups, tabs lead from one of his chats to another. */
  function drawTabs() {
    const places = placesOf(user);
    tabs.hidden = places.length < 2;
    const signature = JSON.stringify([places, places.map((one) => unread(one.key) > 0)]);
    if (tabs.hidden || tabs.dataset.signature === signature) return;
    tabs.dataset.signature = signature;
    const tab = (one) =>
      el(
        'button',
        { role: 'tab', 'aria-selected': String(one.key === key), onclick: () => one.key !== key && panes.swap(key, one.key) },
        one.name,
        one.key !== key && unread(one.key) ? el('span.dot', { 'aria-label': t('unread', { n: unread(one.key) }) }) : null,
      );
    tabs.replaceChildren(...places.map(tab));
  }

  function openMenu(anchor) {
    const entries = [];
    if (isPrivate) {
      entries.push({ icon: 'play', text: t('restart'), action: () => start() });
      if (chatOf(key).blocked) entries.push({ icon: 'check', text: t('unblock'), action: () => setBlocked(false) });
      else entries.push({ icon: 'block', text: t('block'), danger: true, action: () => setBlocked(true) });
    }
    entries.push({ icon: 'link', text: t('copyLink'), action: () => copy(location.href) });
    popupMenu(anchor, entries, t('paneMenu'));
  }

  const start = () => act.start(user, bot()).then(onsent, fail);
  const setBlocked = (wanted) => act.block(user, bot(), wanted).then(onsent, fail);

  async function copy(text) {
    await navigator.clipboard.writeText(text).then(() => toast(t('copied')), fail);
  }

  const find = (id) => chatOf(key).messages.find((one) => one.message_id === id);

  function jump(id) {
    const target = list.querySelector(`[data-id="${id}"]`);
    target?.scrollIntoView({ block: 'center', behavior: 'smooth' });
    target?.classList.add('flash');
    setTimeout(() => target?.classList.remove('flash'), 1500);
  }

  function actions(messages, anchor) {
    const message = messages[0];
    const text = messages.map((one) => one.text || one.caption).filter(Boolean).join('\n');
    const entries = [{ icon: 'reply', text: t('reply'), action: () => compose.startReply(message) }];
    if (text) entries.push({ icon: 'copy', text: t('copy'), action: () => copy(text) });
    entries.push({ icon: 'forward', text: t('forward'), action: () => forward(messages) });
    if (message.outgoing && text) entries.push({ icon: 'edit', text: t('edit'), action: () => compose.startEdit(messages.find((one) => one.text || one.caption)) });
    entries.push({ icon: 'trash', text: t('del'), danger: true, action: () => remove(messages) });
    popupMenu(anchor, entries, t('messageMenu'));
  }

  const remove = (messages) => Promise.all(messages.map((one) => act.remove(user, chat, one.message_id))).then(onsent, fail);

  async function forward(messages) {
    const options = placesOf(user).map((one) => ({ ...one, value: one.key }));
    const target = await choose(t('forwardTo'), options, preview(messages[0]));
    if (!target) return;
    try {
      for (const one of messages) await forwardMessage(user, parseKey(target).chat, one);
      if (target !== key) panes.open(target);
      onsent();
    } catch (error) {
      fail(error);
    }
  }

  const handlers = {
    link: (url) => openLink(url, user, panes),
    command: (text) => compose.write(text.includes('@') ? text : compose.commandText(text.slice(1))),
  };
  const press = (id, row, col) => pressing.press(id, row, col);
  const context = { grouped: !isPrivate, handlers, actions, find, jump, press, pending: pressing.pending };

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

  function drawMessages() {
    const current = chatOf(key);
    const hiddenCount = Math.max(0, current.messages.length - limit);
    const nodes = [];
    if (hiddenCount) nodes.push(item('earlier', t('earlier'), () => el('button.earlier', { onclick: earlier }, t('earlier'))));
    const shown = grouped(current.messages.slice(hiddenCount));
    let day = '';
    shown.forEach((one, index) => {
      const ms = toMs(one.messages[0].date);
      if (dayKey(ms) !== day) {
        day = dayKey(ms);
        nodes.push(item(`day-${day}`, dayTitle(ms), () => el('div.day', {}, el('span', {}, dayTitle(ms)))));
      }
      nodes.push(shownItem(one, shown[index - 1], shown[index + 1]));
    });
    if (!current.messages.length && current.loaded) nodes.push(item('empty', t('start') + isPrivate, emptyNote));
    arrange(list, nodes);
    const kept = new Set(nodes);
    for (const [id, entry] of items) if (!kept.has(entry.node)) items.delete(id);
  }

  function shownItem(one, before, after) {
    const joins = (other) => other && !other.messages[0].service && other.messages[0].from_id === one.messages[0].from_id && Math.abs(toMs(other.messages[0].date) - toMs(one.messages[0].date)) < 300_000;
    const place = { first: !joins(before), last: !joins(after) };
    const busy = pressing.of(one.id);
    const original = one.messages[0].reply_to && find(one.messages[0].reply_to);
    const signature = JSON.stringify([one.messages, place, busy, original && preview(original), t('edited')]);
    return item(`m${one.id}`, signature, () => messageNode(one.messages, { ...context, ...place }));
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

  /** A bubble redrawn under the keyboard's focus keeps it on the same button. */
  function keepFocus(old, made) {
    const index = [...old.querySelectorAll('button, a')].indexOf(document.activeElement);
    if (index >= 0) queueMicrotask(() => made.querySelectorAll('button, a')[index]?.focus());
  }

  const emptyNote = () => el('div.empty-chat', {}, isPrivate ? avatar(bot()?.id ?? 0, bot()?.name ?? t('bot'), 'bot.large') : null, el('p', {}, t(isPrivate ? 'startText' : 'emptyGroup')));

  function earlier() {
    const distance = scroller.scrollHeight - scroller.scrollTop;
    limit += PAGE;
    drawMessages();
    scroller.scrollTop = scroller.scrollHeight - distance;
  }

  function drawBars(current) {
    const fresh = isPrivate && current.loaded && !current.messages.length;
    startBar.hidden = !fresh || current.blocked;
    blockedBar.hidden = !current.blocked;
    compose.node.hidden = Boolean(current.blocked);
    if (current.blocked) blockedBar.replaceChildren(el('p', {}, t('blocked')), el('button.primary', { onclick: () => setBlocked(false) }, t('unblock')));
  }

  function draw() {
    const current = chatOf(key);
    drawHead();
    drawTabs();
    drawMessages();
    drawBars(current);
    compose.update(current);
    if (current.loaded) current.settled = true;
    if (atBottom) {
      seen = current.messages.length;
      toBottom();
      read();
    }
    drawDown();
  }

  refresh(key);
  draw();
  return { key, node, draw, read, drawTabs: () => { drawHead(); drawTabs(); }, focus: () => compose.input.focus(), stop: pressing.stop };
}
