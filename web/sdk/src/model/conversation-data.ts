import { sameJSON } from "../json.js";
import type { WireConversation, WireLastMessage } from "../wire/objects.js";
import type { ConversationUpdateReason } from "./conversation-types.js";

/** What an event leaves out of a conversation's own fields. */
export const blank = { friendly_name: null, unique_name: null, attributes: {}, bindings: {}, state_updated: null };

const compared: [ConversationUpdateReason, keyof WireConversation][] = [
  ["attributes", "attributes"],
  ["createdBy", "created_by"],
  ["dateCreated", "date_created"],
  ["dateUpdated", "date_updated"],
  ["friendlyName", "friendly_name"],
  ["lastReadMessageIndex", "last_read_message_index"],
  ["state", "state"],
  ["uniqueName", "unique_name"],
  ["lastMessage", "last_message"],
  ["notificationLevel", "notification_level"],
  ["bindings", "bindings"],
];

/** What is different between two states. */
export function differences(before: WireConversation, after: WireConversation): ConversationUpdateReason[] {
  return compared.filter(([, name]) => !sameJSON(before[name] ?? null, after[name] ?? null)).map(([reason]) => reason);
}

/** What changes with messages and participants, and which part of it is of the reader alone. */
type Counts = Pick<
  WireConversation,
  "participants_count" | "messages_count" | "last_message" | "unread_messages_count" | "last_read_message_index"
>;

/** The counts after a message was added. */
export function countsWith(state: WireConversation, last: WireLastMessage): Counts {
  const { messages_count = 0, unread_messages_count: unread } = state;
  const counts: Counts = { messages_count: messages_count + 1 };
  if (last.index > (state.last_message?.index ?? -1)) counts.last_message = last;
  if (typeof unread === "number") counts.unread_messages_count = unread + 1;
  return counts;
}

/** The counts after a message was removed; `last` is there where that changed what is the last one. */
export function countsWithout(state: WireConversation, index: number, last?: WireLastMessage | null): Counts {
  const { messages_count = 0, unread_messages_count: unread, last_read_message_index: horizon } = state;
  const counts: Counts = { messages_count: Math.max(0, messages_count - 1) };
  if (last !== undefined) counts.last_message = last;
  if (typeof unread === "number" && index > (horizon ?? -1)) counts.unread_messages_count = Math.max(0, unread - 1);
  return counts;
}
