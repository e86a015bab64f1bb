import type { JSONValue } from "../json.js";
import type { Conversation } from "./conversation.js";

export type ConversationUpdateReason =
  | "attributes"
  | "createdBy"
  | "dateCreated"
  | "dateUpdated"
  | "friendlyName"
  | "lastReadMessageIndex"
  | "state"
  | "status"
  | "uniqueName"
  | "lastMessage"
  | "notificationLevel"
  | "bindings"
  /** Parley's own: one's role here is another. */
  | "permissions";
export type ConversationStatus = "notParticipating" | "joined";
export type NotificationLevel = "default" | "muted";
export type ConversationStateName = "active" | "inactive" | "closed";

export interface ConversationState {
  current: ConversationStateName;
  dateUpdated: Date;
}
export interface ConversationUpdatedEventArgs {
  conversation: Conversation;
  updateReasons: ConversationUpdateReason[];
}
export interface ConversationBindings {
  email?: ConversationEmailBinding;
  sms?: ConversationSmsBinding;
}
export interface ConversationEmailBinding {
  name?: string;
  projected_address: string;
}
export interface ConversationSmsBinding {
  address?: string;
}
export interface LastMessage {
  index?: number;
  dateCreated?: Date;
  /** Who wrote it. */
  author?: string;
  /** How it begins, up to 256 bytes. */
  body?: string;
}
export interface SendEmailOptions {
  subject?: string;
}
export interface SendMediaOptions {
  contentType: null | string;
  filename?: string;
  media: null | string | Uint8Array | ArrayBuffer | Blob;
}
export interface CreateConversationOptions {
  attributes?: JSONValue;
  friendlyName?: string;
  uniqueName?: string;
  /** Taken for the sake of applications that give it: every conversation is private. */
  access?: string;
}
export interface ConversationLimits {
  mediaAttachmentsCountLimit: number;
  mediaAttachmentSizeLimitInMb: number;
  mediaAttachmentsTotalSizeLimitInMb: number;
  emailHistoriesAllowedContentTypes: string[];
  emailBodiesAllowedContentTypes: string[];
}

/** What the server takes, unless it was set up otherwise. */
export const limits: ConversationLimits = {
  mediaAttachmentsCountLimit: 10,
  mediaAttachmentSizeLimitInMb: 150,
  mediaAttachmentsTotalSizeLimitInMb: 1500,
  emailHistoriesAllowedContentTypes: ["text/plain", "text/html"],
  emailBodiesAllowedContentTypes: ["text/plain", "text/html"],
};

/** The answer of `add` and `addNonChatParticipant`, in the shape of REST. */
export interface ParticipantResponse {
  account_sid: string;
  chat_service_sid: string;
  conversation_sid: string;
  role_sid: string;
  sid: string;
  attributes: string;
  date_created: string;
  date_updated: string;
  identity: string;
  messaging_binding: { type: "chat" | "sms" | "whatsapp" | "email"; address: string; proxy_address: string } | null;
  url: string;
  links: { conversation: string };
}
