// The events of the protocol, docs/protocol.md "Events".
import type { Notice } from "./frame.js";
import type {
  WireConversation,
  WireLastMessage,
  WireMessage,
  WireParticipant,
  WireThread,
  WireUser,
} from "./objects.js";

interface Durable {
  conversation_sid: string;
  revision: number;
  replay?: boolean;
  reasons?: string[];
}

/** The params of each durable event: they have a place in the history of their conversation. */
export interface DurableEvents {
  messageAdded: Durable & { message: WireMessage };
  messageUpdated: Durable & { message: WireMessage };
  messageRemoved: Durable & { message: { sid: string; index: number }; last_message?: WireLastMessage | null };
  participantJoined: Durable & { participant: WireParticipant };
  participantUpdated: Durable & { participant: WireParticipant };
  participantLeft: Durable & { participant: WireParticipant };
  conversationUpdated: Durable & { conversation: WireThread };
  conversationJoined: Durable & { conversation: WireConversation };
  conversationLeft: { conversation_sid: string; revision?: number; reason?: "left" | "removed" | "deleted" };
  conversationReset: Durable & { conversation: WireConversation };
  conversationReplayed: Durable & { conversation: WireConversation };
}

export interface Horizon {
  participant_sid: string;
  identity?: string;
  index?: number;
  timestamp?: string;
}

/** The params of each signal: a passing fact that may get lost. */
export interface Signals {
  resumed: object;
  ownConversationUpdated: {
    conversation_sid: string;
    last_read_message_index?: number;
    unread_messages_count?: number;
    notification_level?: "default" | "muted";
  };
  readHorizonsMoved: { conversation_sid: string; horizons?: Horizon[] };
  typingStarted: { conversation_sid: string; participant_sid: string; identity?: string };
  typingEnded: { conversation_sid: string; participant_sid: string; identity?: string };
  userUpdated: { user: WireUser; reasons?: string[] };
}

export type ServerEvent =
  | { [M in keyof DurableEvents]: { method: M; params: DurableEvents[M] } }[keyof DurableEvents]
  | { [M in keyof Signals]: { method: M; params: Signals[M] } }[keyof Signals];

const durable: Record<keyof DurableEvents, true> = {
  messageAdded: true,
  messageUpdated: true,
  messageRemoved: true,
  participantJoined: true,
  participantUpdated: true,
  participantLeft: true,
  conversationUpdated: true,
  conversationJoined: true,
  conversationLeft: true,
  conversationReset: true,
  conversationReplayed: true,
};

const signals: Record<keyof Signals, true> = {
  resumed: true,
  ownConversationUpdated: true,
  readHorizonsMoved: true,
  typingStarted: true,
  typingEnded: true,
  userUpdated: true,
};

/** A notice as the event that it is; undefined for those that are not known, which clients pass over. */
export function eventOf(notice: Notice): ServerEvent | undefined {
  const known = Object.hasOwn(durable, notice.method) || Object.hasOwn(signals, notice.method);
  return known ? (notice as unknown as ServerEvent) : undefined;
}

export function isDurable(event: ServerEvent): event is Extract<ServerEvent, { method: keyof DurableEvents }> {
  return Object.hasOwn(durable, event.method);
}
