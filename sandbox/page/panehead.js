// The top of a pane: who it is, where he is, and the tabs to his other chats.
import { popupMenu } from './dialogs.js';
import { avatar, el, icon, iconButton } from './dom.js';
import { t } from './i18n.js';
import { copy } from './messagemenu.js';
import { botOf, chatOf, group, isGroup, person, placesOf, unread } from './store.js';

/** `pane`: {key, user, chat, start(), setBlocked(wanted), panes}. */
export function paneHead(pane) {
  const { key, user, chat, panes } = pane;
  const head = el('header.pane-head');
  const tabs = el('div.tabs', { role: 'tablist', label: 'chats' });
  const place = () => (isGroup(chat) ? group(chat)?.title : botOf(chat)?.name) ?? t('private');
  const name = () => person(user)?.name ?? String(user);

  function drawHead() {
    const who = person(user);
    const signature = JSON.stringify([who, place(), t('close')]);
    if (head.dataset.signature === signature) return;
    head.dataset.signature = signature;
    head.replaceChildren(
      iconButton('back', 'back', () => panes.back(), '.back-button'),
      avatar(user, name()),
      el('div.pane-title', {}, el('h2', {}, name(), who?.about ? el('small', {}, who.about) : null), el('p', {}, icon(isGroup(chat) ? 'people' : 'chat'), place())),
      iconButton('more', 'paneMenu', (event) => openMenu(event.currentTarget)),
      iconButton('close', 'close', () => panes.close(key), '.close-button'),
    );
  }

  /** Where a person has several chats, tabs lead from one to another. */
  function drawTabs() {
    const places = placesOf(user);
    tabs.hidden = places.length < 2;
    const signature = JSON.stringify([places, places.map((one) => unread(one.key) > 0)]);
    if (tabs.hidden || tabs.dataset.signature === signature) return;
    tabs.dataset.signature = signature;
    tabs.replaceChildren(...places.map(tab));
  }

  function tab(one) {
    const current = one.key === key;
    const dot = !current && unread(one.key) ? el('span.dot', { 'aria-label': t('unread', { n: unread(one.key) }) }) : null;
    return el('button', { role: 'tab', 'aria-selected': String(current), onclick: () => current || panes.swap(key, one.key) }, one.name, dot);
  }

  function openMenu(anchor) {
    const items = [];
    if (!isGroup(chat)) {
      items.push({ icon: 'play', text: t('restart'), action: pane.start });
      if (chatOf(key).blocked) items.push({ icon: 'check', text: t('unblock'), action: () => pane.setBlocked(false) });
      else items.push({ icon: 'block', text: t('block'), danger: true, action: () => pane.setBlocked(true) });
    }
    items.push({ icon: 'link', text: t('copyLink'), action: () => copy(location.href) });
    popupMenu(anchor, items, t('paneMenu'));
  }

  function draw() {
    drawHead();
    drawTabs();
  }

  return { nodes: [head, tabs], draw, label: () => `${name()} · ${place()}` };
}
