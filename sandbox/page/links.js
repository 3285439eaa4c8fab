// A link to one of the bots stays in the page; every other opens in a new tab.
import { chooseOpener, fail } from './dialogs.js';
import { deepLink } from './entities.js';
import { act, botKey, person, state } from './store.js';

/** True when the page takes care of the link itself. */
export function openLink(url, user, panes) {
  const link = deepLink(url);
  const target = link && state.bots.find((one) => one.username?.toLowerCase() === link.username.toLowerCase());
  if (!target) return false;
  openAs(link, target, user, panes);
  return true;
}

async function openAs(link, target, user, panes) {
  const chosen = await chooseOpener(person(user), link);
  if (!chosen) return;
  try {
    if (link.payload) await act.start(chosen, target, link.payload);
    panes.open(botKey(chosen, target));
  } catch (error) {
    fail(error);
  }
}
