import type { Message } from "./message.js";

export type MessageUpdateReason =
  | "body"
  | "lastUpdatedBy"
  | "dateCreated"
  | "dateUpdated"
  | "attributes"
  | "author"
  | "deliveryReceipt"
  | "subject"
  | "media"
  /** Parley's own. */
  | "reactions"
  /** Parley's own: of a message that one sends. */
  | "status";
export type MessageType = "text" | "media";
/** How far a message of one's own is: waiting or on its way, stored, or refused. */
export type MessageStatus = "pending" | "sent" | "failed";
export interface MessageUpdatedEventArgs {
  message: Message;
  updateReasons: MessageUpdateReason[];
}
/** Who reacted with one name. */
export interface Reaction {
  count: number;
  /** The first twenty of them. */
  identities: string[];
}
export type MessageEvents = {
  updated: (data: { message: Message; updateReasons: MessageUpdateReason[] }) => void;
};
