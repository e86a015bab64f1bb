// Compares the published types of @twilio/conversations with ours; the compiler is the test. Each public member of each
// class has to be there and to be usable as theirs is. What is different is in `known`, member by member, and with its
// reason in docs/migrating-from-twilio.md, which typings.test.ts holds to this list.
import type { EventEmitter } from "node:events";
import type * as Theirs from "@twilio/conversations";
import type * as Ours from "../src/index.js";

/** The classes of both. */
interface Classes {
  Client: [Theirs.Client, Ours.Client];
  Conversation: [Theirs.Conversation, Ours.Conversation];
  Participant: [Theirs.Participant, Ours.Participant];
  Message: [Theirs.Message, Ours.Message];
  User: [Theirs.User, Ours.User];
  Media: [Theirs.Media, Ours.Media];
  MessageBuilder: [Theirs.MessageBuilder, Ours.MessageBuilder];
  UnsentMessage: [Theirs.UnsentMessage, Ours.UnsentMessage];
  AggregatedDeliveryReceipt: [Theirs.AggregatedDeliveryReceipt, Ours.AggregatedDeliveryReceipt];
  DetailedDeliveryReceipt: [Theirs.DetailedDeliveryReceipt, Ours.DetailedDeliveryReceipt];
  PushNotification: [Theirs.PushNotification, Ours.PushNotification];
  PushNotificationData: [Theirs.PushNotificationData, Ours.PushNotificationData];
  ContentTemplate: [Theirs.ContentTemplate, Ours.ContentTemplate];
  ContentTemplateVariable: [Theirs.ContentTemplateVariable, Ours.ContentTemplateVariable];
  ChannelMetadata: [Theirs.ChannelMetadata, Ours.ChannelMetadata];
  EmailRecipientDescriptor: [Theirs.EmailRecipientDescriptor, Ours.EmailRecipientDescriptor];
  UnknownRecipientDescriptor: [Theirs.UnknownRecipientDescriptor, Ours.UnknownRecipientDescriptor];
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Our class in place of theirs, wherever a type refers to one. */
type Swapped<T> = { [N in keyof Classes]: Same<T, Classes[N][0]> extends true ? Classes[N][1] : never }[keyof Classes];
type Swap<T> = [Swapped<T>] extends [never] ? Inside<T> : Swapped<T>;
type Inside<T> =
  T extends Theirs.CancellablePromise<infer V>
    ? Ours.CancellablePromise<Each<V>>
    : T extends Promise<infer V>
      ? Promise<Each<V>>
      : T extends Theirs.Paginator<infer V>
        ? Ours.Paginator<Each<V>>
        : T extends Map<infer K, infer V>
          ? Map<K, Each<V>>
          : T extends (...args: infer A) => infer R
            ? (...args: { [I in keyof A]: Each<A[I]> }) => Each<R>
            : T extends readonly (infer V)[]
              ? number extends T["length"]
                ? T extends unknown[]
                  ? Each<V>[]
                  : readonly Each<V>[]
                : T
              : T;
type Each<T> = T extends unknown ? Swap<T> : never;

/** What applications may use: nothing that begins with an underscore, and what emitters have is looked at below. */
type Public<T> = Exclude<Extract<keyof T, string>, `_${string}`>;
type EmitterMember = Extract<keyof EventEmitter, string> | `${string}WithReplay`;

/** The members that are not there, or not usable as theirs are. */
type Different<T, O> = {
  [K in Exclude<Public<T>, EmitterMember>]: K extends keyof O ? (O[K] extends Each<T[K]> ? never : K) : K;
}[Exclude<Public<T>, EmitterMember>];

type MissingEmitter<T, O> = Exclude<Extract<Public<T>, EmitterMember>, keyof O>;

type Found = {
  [N in keyof Classes]: `${N}.${
    Different<Classes[N][0], Classes[N][1]> | Extract<MissingEmitter<Classes[N][0], Classes[N][1]>, string>}`;
}[keyof Classes];

/** The statics, but for constructors and what Node gives its own emitters. */
type Static<T> = Omit<T, "prototype" | Extract<keyof typeof EventEmitter, string>>;

type Statics =
  | `Client.${Different<Static<typeof Theirs.Client>, typeof Ours.Client>}`
  | `Conversation.${Different<Static<typeof Theirs.Conversation>, typeof Ours.Conversation>}`
  | `Participant.${Different<Static<typeof Theirs.Participant>, typeof Ours.Participant>}`
  | `Message.${Different<Static<typeof Theirs.Message>, typeof Ours.Message>}`
  | `NotificationTypes.${Different<Static<typeof Theirs.NotificationTypes>, typeof Ours.NotificationTypes>}`;

/** The unions of words, which ours must not add to: applications switch over them. */
interface Unions {
  ConversationUpdateReason: [Theirs.ConversationUpdateReason, Ours.ConversationUpdateReason];
  ParticipantUpdateReason: [Theirs.ParticipantUpdateReason, Ours.ParticipantUpdateReason];
  MessageUpdateReason: [Theirs.MessageUpdateReason, Ours.MessageUpdateReason];
  UserUpdateReason: [Theirs.UserUpdateReason, Ours.UserUpdateReason];
  ConversationStatus: [Theirs.ConversationStatus, Ours.ConversationStatus];
  NotificationLevel: [Theirs.NotificationLevel, Ours.NotificationLevel];
  MessageType: [Theirs.MessageType, Ours.MessageType];
  MediaCategory: [Theirs.MediaCategory, Ours.MediaCategory];
  DeliveryAmount: [Theirs.DeliveryAmount, Ours.DeliveryAmount];
  DeliveryStatus: [Theirs.DeliveryStatus, Ours.DeliveryStatus];
  ConnectionState: [Theirs.ConnectionState, Ours.ConnectionState];
  State: [Theirs.State, Ours.State];
  PushNotificationType: [Theirs.PushNotificationType, Ours.PushNotificationType];
  NotificationsChannelType: [Theirs.NotificationsChannelType, Ours.NotificationsChannelType];
  ParticipantEmailLevel: [Theirs.ParticipantEmailLevel, Ours.ParticipantEmailLevel];
}
type Unlike = {
  [N in keyof Unions]: Unions[N][1] extends Unions[N][0] ? (Unions[N][0] extends Unions[N][1] ? never : N) : N;
}[keyof Unions];

/** Options of theirs that ours would not take. */
type Options = Theirs.ClientOptions extends Omit<Ours.ClientOptions, "logLevel"> ? never : "ClientOptions";

/** The names of values that are exported. */
type Values = Exclude<keyof typeof Theirs, keyof typeof Ours | "default">;

export const known: Record<Found | Statics | Unlike | Options | Values, true> = {
  "UnsentMessage.mediaContent": true,
  ConversationUpdateReason: true,
  MessageUpdateReason: true,
};

/** All 41 events, with the payloads that applications take from them. */
export function listen(client: Ours.Client, conversation: Ours.Conversation, user: Ours.User): void {
  const participant = (_: Ours.Participant): void => {};
  const message = (_: Ours.Message): void => {};
  for (const one of [client, conversation] as const) {
    const on: Ours.Conversation["on"] = one.on.bind(one) as never;
    on("participantJoined", participant);
    on("participantLeft", participant);
    on("participantUpdated", (_: Ours.ParticipantUpdatedEventArgs) => {});
    on("messageAdded", message);
    on("messageRemoved", message);
    on("messageUpdated", (_: Ours.MessageUpdatedEventArgs) => {});
    on("typingStarted", participant);
    on("typingEnded", participant);
  }
  const ofConversation = (_: Ours.Conversation): void => {};
  client.on("conversationAdded", ofConversation).on("conversationJoined", ofConversation);
  client.on("conversationLeft", ofConversation).on("conversationRemoved", ofConversation);
  client.on("conversationUpdated", (_: Ours.ConversationUpdatedEventArgs) => {});
  client.on("tokenAboutToExpire", () => {}).on("tokenExpired", () => {});
  client.on("pushNotification", (_: Ours.PushNotification) => {});
  client.on("userSubscribed", (_: Ours.User) => {}).on("userUnsubscribed", (_: Ours.User) => {});
  client.on("userUpdated", (_: Ours.UserUpdatedEventArgs) => {});
  client.on("stateChanged", (_: "failed" | "initialized") => {}).on("initialized", () => {});
  client.on("initFailed", ({ error }: { error?: { terminal: boolean; message: string } }) => void error);
  client.on("connectionStateChanged", (_: Theirs.ConnectionState) => {});
  client.on("connectionError", (_: { terminal: boolean; message: string }) => {});
  conversation.on("updated", (_: Ours.ConversationUpdatedEventArgs) => {}).on("removed", ofConversation);
  user.on("updated", (_: Ours.UserUpdatedEventArgs) => {});
  user.on("userSubscribed", (_: Ours.User) => {}).on("userUnsubscribed", (_: Ours.User) => {});
}
