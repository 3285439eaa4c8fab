// One message, or one album, as a node.
import { avatar, colourOf, el, icon, iconButton } from './dom.js';
import { richText } from './entities.js';
import { t } from './i18n.js';
import { mediaKind, mediaNode, photoNode, preview, serviceText } from './media.js';
import { nameOf } from './store.js';
import { clockTime, toMs } from './time.js';

export const senderName = (message) => nameOf(message.from_id) ?? message.from_name;

/** `context`: {grouped, first, last, pending, actions, handlers, find}; `messages` has one entry, or several for an album. */
export function messageNode(messages, context) {
  const message = messages[0];
  const service = !message.text && !mediaKind(message) && serviceText(message);
  if (service) return el('div.service', { data: { id: message.message_id } }, service);
  const side = message.outgoing ? 'out' : 'in';
  const classes = [side, context.first && 'first', context.last && 'last', bare(messages) && 'bare'].filter(Boolean);
  const column = el('div.column', {}, bubble(messages, context), inlineKeyboard(message, context));
  const face = context.grouped && !message.outgoing ? faceOf(message, context) : null;
  return el(`div.message.${classes.join('.')}`, { data: { id: message.message_id }, role: 'article', 'aria-label': senderName(message) }, face, column);
}

function faceOf(message, context) {
  const name = senderName(message);
  return context.last ? avatar(message.from_id, name, 'small') : el('span.avatar.small.blank', { 'aria-hidden': 'true' });
}

const bare = (messages) => messages.length === 1 && mediaKind(messages[0]) === 'sticker';

function bubble(messages, context) {
  const message = messages.find((one) => one.caption) ?? messages[0];
  const text = message.text || message.caption || '';
  const words = text ? el('div.text', { dir: 'auto' }, ...richText(text, message.entities, context.handlers)) : null;
  const media = messages.length > 1 ? album(messages) : mediaNode(message);
  const node = el(
    'div.bubble',
    {},
    context.grouped && context.first && !message.outgoing ? el('div.sender', { style: `color:${senderColour(message)}` }, senderName(message)) : null,
    forwardLine(message),
    quotation(message, context),
    media,
    words,
    meta(messages),
    iconButton('more', 'messageMenu', (event) => context.actions(messages, event.currentTarget), '.bubble-menu'),
  );
  if (media && !words) node.classList.add('media-only');
  node.addEventListener('contextmenu', (event) => {
    if (event.target.closest('a')) return;
    event.preventDefault();
    context.actions(messages, { getBoundingClientRect: () => new DOMRect(event.clientX, event.clientY, 0, 0) });
  });
  return node;
}

/** Dark enough on a light bubble, light enough on a dark one: the mix follows the colour scheme. */
const senderColour = (message) => `color-mix(in oklab, ${colourOf(message.from_id)}, var(--sender-mix))`;

function meta(messages) {
  const last = messages[messages.length - 1];
  const ms = toMs(last.date);
  const edited = messages.some((one) => one.edited);
  const mute = messages.some((one) => one.silent) ? el('span.silent', { label: 'silent', role: 'img' }, icon('mute')) : null;
  return el('span.meta', {}, mute, edited ? el('span.edited', {}, t('edited')) : null, el('time', { datetime: new Date(ms).toISOString() }, clockTime(ms)));
}

function album(messages) {
  if (messages.every((one) => mediaKind(one) === 'photo')) {
    return el(`div.album.count-${Math.min(messages.length, 4)}`, {}, ...messages.map(photoNode));
  }
  return el('div.file-list', {}, ...messages.map(mediaNode));
}

function forwardLine(message) {
  const origin = message.forward_origin;
  if (!origin) return null;
  const name = origin.sender_user?.first_name ?? origin.sender_user_name ?? origin.sender_chat?.title;
  return el('div.forwarded', {}, icon('forward'), name ? t('forwardedFrom', { name }) : t('forwarded'));
}

function quotation(message, context) {
  const id = message.reply_to;
  const original = id && context.find(id);
  if (!original) return null;
  return el(
    'button.quote',
    { onclick: () => context.jump(id) },
    el('b', {}, original.outgoing ? t('you') : senderName(original)),
    el('span', {}, preview(original)),
  );
}

function inlineKeyboard(message, context) {
  if (!message.keyboard?.length) return null;
  const rows = message.keyboard.map((row, r) => el('div.row', {}, ...row.map((button, c) => inlineButton(message, button, r, c, context))));
  return el('div.keyboard', { role: 'group', 'aria-label': t('keyboard') }, ...rows);
}

function inlineButton(message, button, row, col, context) {
  if (button.url) {
    const onclick = (event) => context.handlers.link(button.url) && event.preventDefault();
    const safe = /^(https?|tg):/i.test(button.url) ? button.url : null;
    return el('a.key.url', { href: safe, target: '_blank', rel: 'noopener noreferrer', onclick }, el('span', {}, button.text), icon('link'));
  }
  const busy = context.pending(message.message_id, row, col);
  const onclick = () => context.press(message.message_id, row, col);
  return el(`button.key${busy ? '.busy' : ''}`, { onclick, 'aria-busy': busy ? 'true' : null }, el('span', {}, button.text));
}
