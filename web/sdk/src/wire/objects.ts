// The objects of the protocol as they come, docs/protocol.md "Objects". What is null or absent is left out of events.
import type { JSONValue } from "../json.js";

export interface WireLastMessage {
  index: number;
  date_created: string;
  author?: string | null;
  body?: string | null;
}

/** What the same conversation is for everybody. */
export interface WireThread {
  chat_service_sid?: string;
  sid: string;
  friendly_name?: string | null;
  unique_name?: string | null;
  attributes?: JSONValue;
  state: "active" | "inactive" | "closed";
  date_created: string;
  date_updated: string;
  bindings?: { email?: { name?: string | null; projected_address?: string } } | null;
  revision: number;
  created_by?: string | null;
  state_updated?: string | null;
}

/** A conversation as its reader sees it. */
export interface WireConversation extends WireThread {
  participants_count?: number;
  messages_count?: number;
  last_message?: WireLastMessage | null;
  participant_sid?: string | null;
  role_sid?: string | null;
  permissions?: string[] | null;
  unread_messages_count?: number | null;
  last_read_message_index?: number | null;
  notification_level?: "default" | "muted" | null;
}

export interface WireBinding {
  type: "sms" | "whatsapp" | "email";
  address: string;
  proxy_address: string;
  name?: string;
  level?: "to" | "cc";
}

export interface WireParticipant {
  conversation_sid: string;
  sid: string;
  identity?: string | null;
  attributes?: JSONValue;
  messaging_binding?: WireBinding | null;
  role_sid?: string | null;
  last_read_message_index?: number | null;
  last_read_timestamp?: string | null;
  date_created: string;
  date_updated: string;
}

export interface WireMedia {
  sid: string;
  size: number;
  content_type: string;
  filename?: string | null;
  category?: "media" | "body" | "history";
}

export interface WireDelivery {
  total: number;
  sent: "none" | "some" | "all";
  delivered: "none" | "some" | "all";
  read: "none" | "some" | "all";
  failed: "none" | "some" | "all";
  undelivered: "none" | "some" | "all";
}

export interface WireReaction {
  count: number;
  identities?: string[];
}

export interface WireMessage {
  conversation_sid?: string;
  sid: string;
  index: number;
  author?: string | null;
  body?: string | null;
  media?: WireMedia[] | null;
  attributes?: JSONValue;
  participant_sid?: string | null;
  date_created?: string;
  date_updated?: string;
  delivery?: WireDelivery | null;
  content_sid?: string | null;
  revision?: number;
  nonce?: string | null;
  reply_to?: number | null;
  reactions?: Record<string, WireReaction>;
  last_updated_by?: string | null;
  subject?: string | null;
  /** In answers about a message that is gone, of which sid and index are left. */
  removed?: boolean;
  /** In the live event of a reaction, of which sid, index and the counts are the rest. */
  reaction?: { name: string; identity: string; added: boolean };
}

export interface WireUser {
  sid: string;
  role_sid?: string | null;
  identity: string;
  friendly_name?: string | null;
  attributes?: JSONValue;
  is_online?: boolean | null;
  is_notifiable?: boolean | null;
  date_created?: string;
  date_updated?: string;
}

export interface WireRole {
  sid: string;
  friendly_name: string;
  type: "service" | "conversation";
  permissions: string[];
}

export interface WireReceipt {
  conversation_sid: string;
  message_sid: string;
  sid: string;
  channel_message_sid: string | null;
  participant_sid: string;
  status: "sent" | "delivered" | "read" | "failed" | "undelivered";
  error_code: number;
  date_created: string;
  date_updated: string;
}

export interface WireLimits {
  frame_bytes: number;
  server_frame_bytes: number;
  body_bytes: number;
  conversation_attributes_bytes: number;
  attributes_bytes: number;
}

/** The answer to connect. */
export interface Connected {
  session: string;
  epoch: string;
  user: WireUser;
  service_sid: string;
  hub: string;
  expires_at: string;
  heartbeat: number;
  replaying: string[];
  limits: WireLimits;
  conversations: WireConversation[];
  next_page_token: string | null;
}
