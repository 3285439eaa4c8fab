// What a message carries besides text: pictures, files, places, cards.
import { fileUrl } from './api.js';
import { avatar, el, icon } from './dom.js';
import { lightbox } from './dialogs.js';
import { t } from './i18n.js';

const uniqueId = (file) => file?.file_unique_id ?? null;

export function sizeText(bytes) {
  if (bytes === undefined || bytes === null) return '';
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function photoNode(message) {
  const { photo } = message;
  const url = fileUrl(uniqueId(photo));
  const ratio = photo.width && photo.height ? `aspect-ratio:${photo.width}/${photo.height}` : '';
  const image = el('img', { src: url, alt: message.caption || t('photoWord'), style: ratio, loading: 'lazy' });
  return el('button.photo', { label: 'lightbox', onclick: () => lightbox(url, message.caption) }, image);
}

function documentNode(message) {
  const file = message.document;
  const name = file.file_name ?? t('documentWord');
  const extension = name.includes('.') ? name.split('.').pop().slice(0, 4).toUpperCase() : '';
  return el(
    'a.document',
    { href: fileUrl(uniqueId(file)), download: name, 'aria-label': `${t('download')} ${name}` },
    el(`span.file-badge.type-${extension.toLowerCase().replace(/[^a-z]/g, '') || 'other'}`, {}, extension || icon('file')),
    el('span.file-text', {}, el('span.file-name', {}, name), el('small', {}, sizeText(file.file_size))),
    icon('download'),
  );
}

function locationNode({ location }) {
  const { latitude, longitude } = location;
  const words = `${Math.abs(latitude).toFixed(4)}° ${latitude < 0 ? 'S' : 'N'}, ${Math.abs(longitude).toFixed(4)}° ${longitude < 0 ? 'W' : 'E'}`;
  return el('div.place', {}, el('div.map', {}, icon('pin')), el('small', {}, words));
}

function contactNode({ contact }) {
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(' ');
  return el('div.contact', {}, avatar(contact.user_id ?? 1, name), el('span', {}, name, el('small', {}, contact.phone_number)));
}

function stickerNode({ sticker }) {
  if (uniqueId(sticker) && !sticker.is_animated && !sticker.is_video) {
    const image = el('img.sticker', { src: fileUrl(uniqueId(sticker)), alt: sticker.emoji ?? t('stickerWord') });
    image.addEventListener('error', () => image.replaceWith(el('span.sticker', {}, sticker.emoji ?? '🙂')), { once: true });
    return image;
  }
  return el('span.sticker', {}, sticker?.emoji ?? '🙂');
}

const KINDS = {
  photo: photoNode,
  document: documentNode,
  location: locationNode,
  contact: contactNode,
  sticker: stickerNode,
  voice: (message) => el('audio', { src: fileUrl(uniqueId(message.voice)), controls: true, preload: 'none' }),
  video: (message) => el('video', { src: fileUrl(uniqueId(message.video)), controls: true, preload: 'metadata' }),
};

export function mediaKind(message) {
  return Object.keys(KINDS).find((kind) => message[kind]) ?? null;
}

export function mediaNode(message) {
  const kind = mediaKind(message);
  return kind ? el(`div.media.${kind}-media`, {}, KINDS[kind](message)) : null;
}

/** One line for lists and quotations. */
export function preview(message) {
  const kind = mediaKind(message);
  const text = message.text || message.caption || '';
  if (!kind) return text || serviceText(message) || t('otherWord');
  const word = kind === 'document' ? (message.document.file_name ?? t('documentWord')) : t(`${kind}Word`);
  return text ? `${word} ${text}` : word;
}

/** The server names what happened in English: "joined: A, B". */
export function serviceText({ service }) {
  if (!service) return null;
  const [, kind, names] = /^(joined|left|renamed): (.*)$/.exec(service) ?? [];
  if (kind) return t(kind, { names });
  if (service.startsWith('pinned')) return t('pinned');
  return service.includes('supergroup') ? t('migrated') : service;
}
