import type { JSONValue } from "../json.js";
import type { WireMessage } from "../wire/objects.js";
import type { Attachment } from "./attachment.js";

/** A message as it waits to be sent. */
export interface Draft {
  body?: string;
  attributes?: JSONValue;
  subject?: string;
  replyTo?: number;
  files: Attachment[];
}

/** What a cache keeps of a message that was not sent. */
export interface KeptDraft {
  nonce: string;
  conversation: string;
  date: string;
  /** The tab that is to send it. */
  tab?: string;
  draft: Draft;
}

/** The message that a draft is until it is stored. */
export function pending(author: string, { nonce, conversation, date, draft }: KeptDraft): WireMessage {
  return {
    conversation_sid: conversation,
    sid: `pending-${nonce}`,
    index: -1,
    author,
    body: draft.body ?? null,
    media: draft.files.map((file, i) => ({
      sid: `pending-${nonce}-${i}`,
      size: file.content.size,
      content_type: file.content.type,
      filename: file.filename,
      category: file.category,
    })),
    attributes: draft.attributes ?? {},
    date_created: date,
    date_updated: date,
    nonce,
    reply_to: draft.replyTo ?? null,
    reactions: {},
    subject: draft.subject ?? null,
    revision: -1,
  };
}

/** 128 bits of chance, in hex. They need not be secret: React Native has no `crypto`. */
export function newNonce(): string {
  const bytes = new Uint8Array(16);
  if (typeof crypto === "undefined") bytes.forEach((_, i) => (bytes[i] = Math.random() * 256));
  else crypto.getRandomValues(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
