import type { Conversation } from "parley-conversations";
import { text } from "./text";

/** What a conversation is called. */
export const titleOf = (one: Conversation): string => one.friendlyName || one.uniqueName || text.list.untitled;

/** How many of its messages one has not read: all, before anything was marked. */
export const unreadOf = (one: Conversation): number => one.unreadMessagesCount ?? one.messagesCount;

const days = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const midnight = (date: Date): number => new Date(date).setHours(0, 0, 0, 0);
const ago = (date: Date): number => Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);

/** A day as people say it. */
export function dayOf(date: Date): string {
  const past = ago(date);
  if (past === 0 || past === 1) return days.format(-past, "day");
  return date.toLocaleDateString(undefined, { dateStyle: "full" });
}

/** When something was, as short as it can be told. */
export function whenOf(date: Date): string {
  const past = ago(date);
  if (past <= 0) return date.toLocaleTimeString(undefined, { timeStyle: "short" });
  if (past < 7) return date.toLocaleDateString(undefined, { weekday: "short" });
  return date.toLocaleDateString(undefined, { day: "numeric", month: "short" });
}
