// What the library offers. Everything of `@twilio/conversations` is here under the same name; what is not there is
// Parley's own.
export { CancellablePromise } from "./cancellable.js";
export type { Backoff } from "./connection/backoff.js";
export type { ConnectionInfo, ConnectionState, PhaseName } from "./connection/phase.js";
export type { WebSocketConstructor, WebSocketLike } from "./connection/socket.js";
export { ParleyError } from "./errors.js";
export { ReplayEventEmitter } from "./events/replay.js";
export type { JSONArray, JSONObject, JSONValue } from "./json.js";
export { Client, type NotificationsChannelType } from "./model/client.js";
export type { ClientEvents, ConnectionError, ConversationEvents, State } from "./model/client-events.js";
export { Conversation } from "./model/conversation.js";
export type * from "./model/conversation-types.js";
export { Media, type MediaCategory } from "./model/media.js";
export {
  Message,
  type MessageEvents,
  type MessageStatus,
  type MessageType,
  type MessageUpdatedEventArgs,
  type MessageUpdateReason,
  type Reaction,
} from "./model/message.js";
export { type Paginator, RestPaginator } from "./model/paginator.js";
export * from "./model/participant.js";
export { NotificationTypes, PushNotification } from "./model/push.js";
export type { PushNotificationData, PushNotificationDescriptor, PushNotificationType } from "./model/push.js";
export * from "./model/receipts.js";
export { EmailRecipientDescriptor, UnknownRecipientDescriptor } from "./model/recipients.js";
export type { EmailRecipientLevel, RecipientDescriptor } from "./model/recipients.js";
export type { Role, RoleType } from "./model/role.js";
export * from "./model/templates.js";
export * from "./model/user.js";
export { MessageBuilder, UnsentMessage } from "./outbox/builder.js";
export type { ClientOptions, LogLevel } from "./session/options.js";
export { IndexedDBStorage } from "./storage/indexeddb.js";
export { MemoryStorage, type Storage } from "./storage/storage.js";
