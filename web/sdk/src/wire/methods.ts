// The methods of the protocol, docs/protocol.md "Methods": what each takes and answers.
import type { JSONValue } from "../json.js";
import type {
  Connected,
  WireConversation,
  WireMessage,
  WireParticipant,
  WireReceipt,
  WireRole,
  WireUser,
} from "./objects.js";

interface In {
  conversation: string;
}
interface Paged {
  page_size?: number;
  page_token?: string;
}
interface OfMessage extends In {
  message: string | number;
}

/** A message as it is sent. */
export interface WireDraft {
  body?: string;
  attributes?: JSONValue;
  subject?: string;
  media?: string[];
  reply_to?: number;
  nonce: string;
}

export interface Methods {
  connect: [ConnectParams, Connected];
  "token.update": [{ token: string }, { expires_at: string }];
  ping: [undefined, object];
  "conversation.create": [{ friendly_name?: string; unique_name?: string; attributes?: JSONValue }, WireConversation];
  "conversation.get": [In, WireConversation];
  "conversation.list": [
    Paged & { state?: string },
    { conversations: WireConversation[]; next_page_token: string | null },
  ];
  "conversation.update": [
    In & { friendly_name?: string | null; unique_name?: string | null; attributes?: JSONValue; state?: string },
    WireConversation,
  ];
  "conversation.delete": [In, object];
  "conversation.join": [In, { conversation: WireConversation; participant: WireParticipant }];
  "conversation.leave": [In, object];
  "conversation.notify": [In & { level: "default" | "muted" }, object];
  "participant.add": [In & { identity: string; attributes?: JSONValue; role_sid?: string }, WireParticipant];
  "participant.add_non_chat": [
    In & { proxy_address: string; address: string; attributes?: JSONValue },
    WireParticipant,
  ];
  "participant.list": [
    In & Paged,
    { participants: WireParticipant[]; next_page_token: string | null; revision: number },
  ];
  "participant.get": [In & { participant: string }, WireParticipant];
  "participant.update": [In & { participant: string; attributes?: JSONValue; role_sid?: string }, WireParticipant];
  "participant.remove": [In & { participant: string }, object];
  "message.send": [In & WireDraft, WireMessage];
  "message.list": [
    In & { page_size?: number; anchor?: number | "end"; direction?: "backwards" | "forward" },
    { messages: WireMessage[]; has_prev: boolean; has_next: boolean; revision: number },
  ];
  "message.get": [OfMessage, WireMessage];
  "message.update": [OfMessage & { body?: string | null; attributes?: JSONValue }, WireMessage];
  "message.delete": [OfMessage, object];
  "message.receipts": [OfMessage, { receipts: WireReceipt[] }];
  "message.search": [
    Paged & { query: string; conversation?: string },
    { messages: WireMessage[]; next_page_token: string | null },
  ];
  "reaction.add": [OfMessage & { reaction: string }, WireMessage];
  "reaction.remove": [OfMessage & { reaction: string }, WireMessage];
  "media.urls": [{ media: string[] }, { urls: Record<string, string>; expires_at: string }];
  "read.set": [
    In & { index: number | null; advance?: boolean },
    { last_read_message_index: number | null; unread_messages_count: number | null },
  ];
  "user.get": [{ identity?: string }, WireUser];
  "user.update": [{ identity?: string; friendly_name?: string; attributes?: JSONValue }, WireUser];
  "user.subscribe": [{ identity: string }, WireUser];
  "user.unsubscribe": [{ identity: string }, object];
  "role.list": [{ type?: "service" | "conversation" }, { roles: WireRole[] }];
}

export interface ConnectParams {
  token: string;
  client?: string;
  epoch?: string;
  resume?: Record<string, number>;
  conversations?: number;
}

export type Method = keyof Methods;
export type Params<M extends Method> = Methods[M][0];
export type Result<M extends Method> = Methods[M][1];

/** The methods that change nothing: they may be made again when a connection ended before the answer. */
const reads = new Set<Method>([
  "ping",
  "conversation.get",
  "conversation.list",
  "participant.list",
  "participant.get",
  "message.list",
  "message.get",
  "message.receipts",
  "message.search",
  "media.urls",
  "user.get",
  "user.subscribe",
  "user.unsubscribe",
  "role.list",
]);

export function onlyReads(method: Method): boolean {
  return reads.has(method);
}
