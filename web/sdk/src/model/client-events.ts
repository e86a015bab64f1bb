import type { ConnectionState, ConnectionInfo } from "../connection/phase.js";
import type { Conversation } from "./conversation.js";
import type { ConversationUpdateReason } from "./conversation-types.js";
import type { Message } from "./message.js";
import type { MessageUpdateReason } from "./message-types.js";
import type { Participant, ParticipantUpdateReason } from "./participant.js";
import type { PushNotification } from "./push.js";
import type { User, UserUpdateReason } from "./user.js";

/** Whether starting up came to an end, and how. */
export type State = "failed" | "initialized";

/** Why there is no connection. */
export type ConnectionError = {
  /** True where it will not come back by itself. */
  terminal: boolean;
  message: string;
  httpStatusCode?: number;
  errorCode?: number;
};

/** What happens within a conversation; its client emits the same. */
export type SharedEvents = {
  participantJoined: (participant: Participant) => void;
  participantLeft: (participant: Participant) => void;
  participantUpdated: (data: { participant: Participant; updateReasons: ParticipantUpdateReason[] }) => void;
  messageAdded: (message: Message) => void;
  messageRemoved: (message: Message) => void;
  messageUpdated: (data: { message: Message; updateReasons: MessageUpdateReason[] }) => void;
  /** A message of one's own waits to be sent: it is in `conversation.queuedMessages` until it is added, or given up. */
  messageQueued: (message: Message) => void;
  /** A message that had not been sent was given up. */
  messageDiscarded: (message: Message) => void;
  typingEnded: (participant: Participant) => void;
  typingStarted: (participant: Participant) => void;
};

export type ConversationEvents = SharedEvents & {
  updated: (data: { conversation: Conversation; updateReasons: ConversationUpdateReason[] }) => void;
  removed: (conversation: Conversation) => void;
  /** So much happened while away that pages of messages read before have to be read again. */
  reset: (conversation: Conversation) => void;
};

export type ClientEvents = SharedEvents & {
  conversationAdded: (conversation: Conversation) => void;
  conversationJoined: (conversation: Conversation) => void;
  conversationLeft: (conversation: Conversation) => void;
  conversationRemoved: (conversation: Conversation) => void;
  conversationUpdated: (data: { conversation: Conversation; updateReasons: ConversationUpdateReason[] }) => void;
  /** So much happened while away that pages of messages read before have to be read again. */
  conversationReset: (conversation: Conversation) => void;
  /** Every conversation of the user is known, and so is all that was missed. */
  synchronized: () => void;
  /** What is known cannot be kept, or what was kept cannot be read: the client goes on without. */
  storageFailed: (error: Error) => void;
  tokenAboutToExpire: () => void;
  tokenExpired: () => void;
  pushNotification: (pushNotification: PushNotification) => void;
  userSubscribed: (user: User) => void;
  userUnsubscribed: (user: User) => void;
  userUpdated: (data: { user: User; updateReasons: UserUpdateReason[] }) => void;
  stateChanged: (state: State) => void;
  initialized: () => void;
  initFailed: ({ error }: { error?: ConnectionError }) => void;
  connectionStateChanged: (state: ConnectionState) => void;
  connectionError: (data: ConnectionError) => void;
  /** The connection is in another phase: `client.connection` in more detail than Twilio's states. */
  connectionChanged: (connection: ConnectionInfo) => void;
};
