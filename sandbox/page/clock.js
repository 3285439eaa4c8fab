// The sandbox's clock: shown large, moved by buttons. It runs on at real speed between moves.
import { get, post } from './api.js';
import { emit, on } from './bus.js';
import { dialog, fail, toast } from './dialogs.js';
import { el, icon } from './dom.js';
import { t } from './i18n.js';
import { DAY, HOUR, clockSeconds, clockTime, dayTitle, fromLocalInput, longDate, nextMorning, toLocalInput, weekday } from './time.js';

const CHECK_EVERY = 3000; // moved elsewhere (a test, another tab): seen within this time
let base = { now: Date.now(), at: performance.now(), version: null };

export const sandboxNow = () => base.now + performance.now() - base.at;

function take(answer) {
  const moved = base.version !== null && base.version !== answer.version;
  base = { now: answer.now, at: performance.now(), version: answer.version };
  emit('clock', moved);
}

const check = () => get('clock').then(take, () => {});

async function move(body) {
  try {
    take(await post('clock', body));
    toast(t('clockMoved', { time: `${dayTitle(sandboxNow())} ${clockTime(sandboxNow())}` }));
  } catch (error) {
    fail(error);
  }
}

export function startClock(root) {
  const time = el('span.clock-time');
  const date = el('span.clock-date');
  const button = (key, action, extra = '') => el(`button.chip${extra}`, { t: key, onclick: action });
  const chooser = el('button.chip.icon-chip', { label: 'chooseTime', onclick: choose }, icon('calendar'));
  const buttons = el(
    'div.clock-buttons',
    { role: 'group', label: 'quickTimes' },
    button('plusHour', () => move({ advance_ms: HOUR })),
    button('nextMorning', () => move({ now: nextMorning(sandboxNow()) })),
    button('plusDay', () => move({ advance_ms: DAY })),
    button('plusWeek', () => move({ advance_ms: 7 * DAY })),
    chooser,
  );
  root.append(el('div.clock-face', { role: 'timer', 'aria-live': 'off', label: 'clockLabel' }, time, date), buttons);
  const draw = () => {
    const now = sandboxNow();
    time.textContent = clockSeconds(now);
    date.textContent = `${longDate(now)} ${weekday(now)}`;
  };
  setInterval(draw, 500);
  setInterval(() => !document.hidden && check(), CHECK_EVERY);
  for (const name of ['clock', 'language']) on(name, draw);
  on('events', check);
  draw();
  return check();
}

async function choose() {
  let wanted = null;
  await dialog(t('chooseTime'), (close) => {
    const now = sandboxNow();
    const input = el('input', { type: 'datetime-local', name: 'when', required: true, value: toLocalInput(now), min: toLocalInput(now - 60_000), autofocus: true });
    const onsubmit = (event) => {
      event.preventDefault();
      wanted = fromLocalInput(input.value);
      close();
    };
    return el(
      'form.body',
      { onsubmit },
      el('label.field', {}, el('span', {}, t('dateTime')), input),
      el('p.note', {}, t('onlyForward')),
      el('footer', {}, el('button.quiet', { onclick: () => close() }, t('cancel')), el('button.primary', { type: 'submit' }, t('moveTo'))),
    );
  });
  if (wanted) await move({ now: wanted });
}
