import { isObject } from "../wire/frame.js";
import type { Media } from "./media.js";

export type PushNotificationType =
  | "twilio.conversations.new_message"
  | "twilio.conversations.added_to_conversation"
  | "twilio.conversations.removed_from_conversation";

/** The types of notifications, as the payloads of pushes name them. */
export class NotificationTypes {
  static readonly TYPING_INDICATOR = "twilio.ipmsg.typing_indicator";
  static readonly NEW_MESSAGE = "twilio.conversations.new_message";
  static readonly ADDED_TO_CONVERSATION = "twilio.conversations.added_to_conversation";
  static readonly REMOVED_FROM_CONVERSATION = "twilio.conversations.removed_from_conversation";
  static readonly CONSUMPTION_UPDATE = "twilio.channel.consumption_update";
}

export interface PushNotificationDescriptor {
  title: string | null;
  body: string | null;
  sound: string | null;
  badge: number | null;
  action: string | null;
  type: PushNotificationType;
  data: Record<string, unknown>;
}

export interface PushNotificationData {
  conversationSid?: string;
  conversationTitle?: string;
  messageIndex?: number;
  messageSid?: string;
  media?: Media;
  mediaCount?: number;
}

/** A push, read. */
export class PushNotification {
  readonly title: string | null;
  readonly body: string | null;
  readonly sound: string | null;
  readonly badge: number | null;
  readonly action: string | null;
  readonly type: PushNotificationType;
  readonly data: PushNotificationData;

  /** @internal */
  constructor(push: PushNotificationDescriptor) {
    this.title = push.title;
    this.body = push.body;
    this.sound = push.sound;
    this.badge = push.badge;
    this.action = push.action;
    this.type = push.type;
    this.data = push.data as PushNotificationData;
  }
}

/** Reads what APNs or FCM delivered; throws where it is neither. */
export function parsePush(payload: unknown): PushNotification {
  if (!isObject(payload)) throw new Error("The payload of a push notification is an object");
  const aps = payload.aps;
  if (isObject(aps)) return fromAPN(payload, aps);
  if (isObject(payload.data)) return fromFCM(payload.data);
  throw new Error("This is no push notification of APNs or FCM");
}

function fromAPN(payload: Record<string, unknown>, aps: Record<string, unknown>): PushNotification {
  const alert = aps.alert;
  const title = isObject(alert) ? textOf(alert.title) : null;
  return new PushNotification({
    title,
    body: isObject(alert) ? textOf(alert.body) : textOf(alert),
    sound: textOf(aps.sound),
    badge: typeof aps.badge === "number" ? aps.badge : null,
    action: textOf(aps.category),
    type: payload.twi_message_type as PushNotificationType,
    data: dataOf(payload),
  });
}

function fromFCM(data: Record<string, unknown>): PushNotification {
  return new PushNotification({
    title: textOf(data.twi_title),
    body: textOf(data.twi_body),
    sound: textOf(data.twi_sound),
    badge: null,
    action: textOf(data.twi_action),
    type: data.twi_message_type as PushNotificationType,
    data: dataOf(data),
  });
}

function dataOf(payload: Record<string, unknown>): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  if (payload.conversation_sid) data.conversationSid = payload.conversation_sid;
  if (payload.conversation_title) data.conversationTitle = payload.conversation_title;
  if (payload.message_sid) data.messageSid = payload.message_sid;
  if (payload.message_index !== undefined) data.messageIndex = Number(payload.message_index);
  if (payload.media_count !== undefined) data.mediaCount = Number(payload.media_count);
  if (payload.media !== undefined)
    data.media = typeof payload.media === "string" ? parse(payload.media) : payload.media;
  return data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
