// What can be sent besides text: files from disk, samples, place, card, sticker.
import { sandboxNow } from './clock.js';
import { fail, popupMenu, toast } from './dialogs.js';
import { el, icon, iconButton } from './dom.js';
import { t } from './i18n.js';
import { sizeText } from './media.js';
import { samplePdf, samplePhoto, sampleSticker } from './samples.js';
import { act } from './store.js';

const ALBUM_LIMIT = 10;
const SAMPLE_PLACE = { latitude: 36.6683, longitude: 116.9972 };

/** Files wait in a strip above the text until they are sent; the text becomes the caption, several become an album. */
export function stagedFiles(pane, changed) {
  let staged = []; // {file, kind, url}
  const picker = el('input', { type: 'file', multiple: true, hidden: true, onchange: () => picked() });
  let pickedKind = 'document';
  const button = iconButton('clip', 'attach', openMenu, '.attach-button');
  const items = el('div.staged-items');
  const strip = el('div.staged', { hidden: true }, items, picker);

  function openMenu() {
    popupMenu(
      button,
      [
        { icon: 'photo', text: t('photo'), action: () => pick('photo', 'image/*') },
        { icon: 'file', text: t('file'), action: () => pick('document', '') },
        { icon: 'sparkle', text: t('samplePhoto'), action: async () => stage([await samplePhoto(sandboxNow())], 'photo') },
        { icon: 'sparkle', text: t('samplePdf'), action: () => stage([samplePdf(sandboxNow())], 'document') },
        { icon: 'pin', text: t('location'), action: location },
        { icon: 'person', text: t('contact'), action: contact },
        { icon: 'smile', text: t('sticker'), action: async () => send({ kind: 'sticker' }, await sampleSticker()) },
      ],
      t('attach'),
    );
  }

  function pick(kind, accept) {
    pickedKind = kind;
    picker.accept = accept;
    picker.value = '';
    picker.click();
  }

  const picked = () => stage([...picker.files], pickedKind);

  const add = (files) => stage(files, null);

  function stage(files, kind) {
    for (const file of files) {
      if (staged.length === ALBUM_LIMIT) {
        toast(t('tooMany'), 'error');
        break;
      }
      const picture = /^image\/(jpeg|png|webp|gif)$/.test(file.type);
      const as = kind ?? (picture ? 'photo' : file.type.startsWith('video/') ? 'video' : 'document');
      staged.push({ file, kind: as, url: picture ? URL.createObjectURL(file) : null });
    }
    draw();
    pane.focusInput();
  }

  function draw() {
    items.replaceChildren(...staged.map(thumb));
    strip.hidden = !staged.length;
    changed();
  }

  function thumb(one) {
    const remove = () => {
      drop(one);
      draw();
    };
    const face = one.kind === 'photo' && one.url ? el('img', { src: one.url, alt: '' }) : icon('file');
    return el('div.thumb', {}, face, el('span', {}, one.file.name, el('small', {}, sizeText(one.file.size))), iconButton('close', 'remove', remove));
  }

  function drop(one) {
    if (one.url) URL.revokeObjectURL(one.url);
    staged = staged.filter((other) => other !== one);
  }

  async function sendStaged(caption, replyTo) {
    const all = staged;
    // Pictures and videos may share an album, files only with files: as Telegram has it.
    const visual = all.filter((one) => one.kind !== 'document');
    const papers = all.filter((one) => one.kind === 'document');
    let words = caption;
    for (const set of [visual, papers].filter((list) => list.length)) {
      const albumId = set.length > 1 ? `${Date.now()}${Math.floor(Math.random() * 1000)}` : undefined;
      for (const one of set) {
        if (!(await send({ kind: one.kind, caption: words, reply_to: replyTo, media_group_id: albumId }, one.file))) return false;
        words = '';
        drop(one);
      }
    }
    draw();
    return true;
  }

  async function send(fields, file) {
    try {
      const named = file ? { file_name: file.name, mime_type: file.type } : {};
      await act.send(pane.user, pane.chat, { ...named, ...fields }, file);
      pane.onsent();
      return true;
    } catch (error) {
      fail(error);
      draw();
      return false;
    }
  }

  const location = () => send({ kind: 'location', ...SAMPLE_PLACE });
  const contact = () => send({ kind: 'contact', phone_number: `+86139${String(pane.user).slice(-8).padStart(8, '0')}` });

  return { button, strip, add, send: sendStaged, location, contact, count: () => staged.length };
}
