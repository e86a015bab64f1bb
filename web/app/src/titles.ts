import type { Conversation } from "parley-conversations";
import { text } from "./text";

/** What a conversation is called. */
export const titleOf = (one: Conversation): string => one.friendlyName || one.uniqueName || text.list.untitled;

/** How many of its messages one has not read: all, before anything was marked. */
export const unreadOf = (one: Conversation): number => one.unreadMessagesCount ?? one.messagesCount;

// Made once: that takes a hundred times as long as using them.
const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(undefined, options);
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const times = format({ timeStyle: "short" });
const whole = format({ dateStyle: "full", timeStyle: "medium" });
const days = format({ dateStyle: "full" });
const weekdays = format({ weekday: "short" });
const dates = format({ day: "numeric", month: "short" });

const midnight = (date: Date): number => new Date(date).setHours(0, 0, 0, 0);
const ago = (date: Date): number => Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);

export const timeOf = (date: Date): string => times.format(date);
export const wholeOf = (date: Date): string => whole.format(date);

/** A day as people say it. */
export function dayOf(date: Date): string {
  const past = ago(date);
  return past === 0 || past === 1 ? relative.format(-past, "day") : days.format(date);
}

/** When something was, as short as it can be told. */
export function whenOf(date: Date): string {
  const past = ago(date);
  return past <= 0 ? timeOf(date) : past < 7 ? weekdays.format(date) : dates.format(date);
}
