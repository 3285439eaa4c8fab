// Every time on the page is the sandbox's, shown in Asia/Shanghai (UTC+8 all year since 1992).
import { locale } from './i18n.js';

const ZONE = 'Asia/Shanghai';
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

const formats = new Map(); // making a format costs a hundred times more than using it

function format(ms, options) {
  const name = locale() + JSON.stringify(options);
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options }));
  return formats.get(name).format(ms);
}

/** Bot API dates are seconds, the control API's milliseconds. */
export const toMs = (value) => (value < 1e11 ? value * 1000 : value);

export const clockTime = (ms) => format(ms, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
export const clockSeconds = (ms) => format(ms, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
export const longDate = (ms) => format(ms, { year: 'numeric', month: 'long', day: 'numeric' });
export const weekday = (ms) => format(ms, { weekday: 'long' });
export const dayTitle = (ms) => format(ms, { month: 'long', day: 'numeric', weekday: 'short' });
export const shortDay = (ms) => format(ms, { month: 'numeric', day: 'numeric' });

/** The calendar day as a key: 2026-11-22. */
export const dayKey = (ms) => new Date(ms + 8 * HOUR).toISOString().slice(0, 10);

export const whenShort = (ms, now) => (dayKey(ms) === dayKey(now) ? clockTime(ms) : shortDay(ms));

export function nextMorning(now, hour = 8, minute = 30) {
  const at = Date.parse(`${dayKey(now)}T00:00:00+08:00`) + hour * HOUR + minute * 60_000;
  return at > now ? at : at + DAY;
}

export const toLocalInput = (ms) => new Date(ms + 8 * HOUR).toISOString().slice(0, 16);
export const fromLocalInput = (text) => Date.parse(`${text}:00+08:00`);
