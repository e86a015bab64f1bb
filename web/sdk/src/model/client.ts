import { notOffered } from "../absent.js";
import { CancellablePromise } from "../cancellable.js";
import type { ConnectionInfo, ConnectionState } from "../connection/phase.js";
import { ReplayEventEmitter } from "../events/replay.js";
import type { ClientOptions } from "../session/options.js";
import { Session } from "../session/session.js";
import * as valid from "../validate.js";
import { version } from "../version.js";
import type { ClientEvents } from "./client-events.js";
import type { Conversation } from "./conversation.js";
import type { CreateConversationOptions } from "./conversation-types.js";
import { Media } from "./media.js";
import type { Message } from "./message.js";
import { checkPageSize, pagesOf, type Paginator } from "./paginator.js";
import { parsePush, type PushNotification } from "./push.js";
import { type Role, roleOf, type RoleType } from "./role.js";
import { search } from "./search.js";
import { Startup } from "./startup.js";
import type { ContentTemplate } from "./templates.js";
import type { User } from "./user.js";

export type NotificationsChannelType = "fcm" | "apn" | "twilsock";

const { check } = valid;
/** The conversations on one page of getSubscribedConversations. */
const pageOfConversations = 100;

/** One user's conversations, and the connection to the server that keeps them up to date. */
export class Client extends ReplayEventEmitter<ClientEvents> {
  static readonly conversationAdded = "conversationAdded";
  static readonly conversationJoined = "conversationJoined";
  static readonly conversationLeft = "conversationLeft";
  static readonly conversationRemoved = "conversationRemoved";
  static readonly conversationUpdated = "conversationUpdated";
  static readonly participantJoined = "participantJoined";
  static readonly participantLeft = "participantLeft";
  static readonly participantUpdated = "participantUpdated";
  static readonly messageAdded = "messageAdded";
  static readonly messageRemoved = "messageRemoved";
  static readonly messageUpdated = "messageUpdated";
  static readonly tokenAboutToExpire = "tokenAboutToExpire";
  static readonly tokenExpired = "tokenExpired";
  static readonly typingEnded = "typingEnded";
  static readonly typingStarted = "typingStarted";
  static readonly pushNotification = "pushNotification";
  static readonly userSubscribed = "userSubscribed";
  static readonly userUnsubscribed = "userUnsubscribed";
  static readonly userUpdated = "userUpdated";
  static readonly stateChanged = "stateChanged";
  static readonly initialized = "initialized";
  static readonly initFailed = "initFailed";
  static readonly connectionStateChanged = "connectionStateChanged";
  static readonly connectionError = "connectionError";
  static readonly version: string = version;
  /** Where the server is, for clients that are not told. */
  static defaultUrl: string | undefined;

  readonly version: string = version;
  parsePushNotification: typeof Client.parsePushNotification = Client.parsePushNotification;
  readonly #session: Session;
  readonly #startup = new Startup((event, ...args) => this.emit(event, ...args));

  /** Begins to connect. Listeners that are attached at once miss nothing. */
  constructor(token: string, options?: ClientOptions | null) {
    super();
    check("Client", "token", token, valid.nonEmptyString);
    check("Client", "options", options, valid.nothing, valid.none, valid.object);
    this.#session = new Session(token, options ?? {}, Client.defaultUrl, this.#startup);
    queueMicrotask(() => void this.#session.start());
  }

  /** A client that is initialized; rejects where that fails. */
  static async create(token: string, options?: ClientOptions | null): Promise<Client> {
    const client = new Client(token, options);
    await client.#startup.ready;
    return client;
  }

  static parsePushNotification(notificationPayload: unknown): PushNotification {
    return parsePush(notificationPayload);
  }

  /** Taken for the sake of applications that call it. */
  static populateInitRegistrations(_registration: unknown): void {}

  /** The state of the connection, in Twilio's words. */
  get connectionState(): ConnectionState {
    return this.#startup.state;
  }

  get user(): User {
    return this.#session.users.myself;
  }

  /** Whether the service keeps who is online. */
  get reachabilityEnabled(): boolean {
    return this.user.isOnline !== null;
  }

  /** The token in use. */
  get token(): string {
    return this.#session.stream.connection.tokens.current;
  }

  /** Whether the server can be asked now. */
  get online(): boolean {
    return this.#session.live;
  }

  /** What the connection is doing, in more detail than Twilio's states. */
  get connection(): ConnectionInfo {
    return this.#startup.connection;
  }

  /** The conversations that the user is in, the most recently active first. */
  get conversations(): Conversation[] {
    return this.#session.directory.joined();
  }

  /** Says goodbye. Listeners stay attached; the client cannot be used any more. */
  async shutdown(): Promise<void> {
    await this.#session.stop();
  }

  /** Connects now, where the next attempt would be made later. */
  reconnect(): void {
    this.#session.stream.connection.wake();
  }

  /** Takes a fresh token, without interrupting anything. */
  async updateToken(token: string): Promise<Client> {
    check("updateToken", "token", token, valid.nonEmptyString);
    await this.#session.stream.connection.updateToken(token);
    return this;
  }

  async getConversationBySid(conversationSid: string): Promise<Conversation> {
    check("getConversationBySid", "conversationSid", conversationSid, valid.nonEmptyString);
    return this.#session.directory.find(conversationSid, `Conversation with SID ${conversationSid} was not found.`);
  }

  async peekConversationBySid(conversationSid: string): Promise<Conversation> {
    check("peekConversationBySid", "conversationSid", conversationSid, valid.nonEmptyString);
    return this.#session.directory.find(conversationSid, `Conversation with SID ${conversationSid} was not found.`);
  }

  async getConversationByUniqueName(uniqueName: string): Promise<Conversation> {
    check("getConversationByUniqueName", "uniqueName", uniqueName, valid.nonEmptyString);
    return this.#session.directory.find(uniqueName, `Conversation with unique name ${uniqueName} was not found.`);
  }

  /** All conversations of the user, the most recently active first. */
  async getSubscribedConversations(): Promise<Paginator<Conversation>> {
    if (!this.#session.live && this.conversations.length > 0) await this.#startup.ready;
    else await this.#session.listed.promise;
    return pagesOf(this.conversations, pageOfConversations);
  }

  /** The closed conversations of the user, which can be read and no more. They are in no other list. */
  async getClosedConversations(): Promise<Paginator<Conversation>> {
    return this.#session.directory.closed();
  }

  /** Makes a conversation. Its creator is not in it: `join()` comes next. */
  async createConversation(options: CreateConversationOptions = {}): Promise<Conversation> {
    check("createConversation", "options", options, valid.object);
    const { attributes, friendlyName, uniqueName } = options;
    check("createConversation", "attributes", attributes, valid.nothing, valid.json);
    check("createConversation", "friendlyName", friendlyName, valid.nothing, valid.string);
    check("createConversation", "uniqueName", uniqueName, valid.nothing, valid.string);
    const state = await this.#session.request("conversation.create", {
      ...(friendlyName === undefined ? {} : { friendly_name: friendlyName }),
      ...(uniqueName === undefined ? {} : { unique_name: uniqueName }),
      ...(attributes === undefined ? {} : { attributes }),
    });
    return this.#session.directory.show(this.#session.directory.take(state));
  }

  /** Joins a conversation by its unique name or sid, of which one need not be a participant to know it. */
  async joinConversation(name: string): Promise<Conversation> {
    check("joinConversation", "name", name, valid.nonEmptyString);
    return this.#session.directory.welcome(await this.#session.request("conversation.join", { conversation: name }));
  }

  async setPushRegistrationId(channelType: NotificationsChannelType, registrationId: string): Promise<void> {
    check("setPushRegistrationId", "channelType", channelType, valid.literal("fcm", "apn"));
    check("setPushRegistrationId", "registrationId", registrationId, valid.string);
    throw notOffered("Client.setPushRegistrationId");
  }

  async unsetPushRegistrationId(channelType: NotificationsChannelType): Promise<void> {
    check("unsetPushRegistrationId", "channelType", channelType, valid.literal("fcm", "apn"));
    throw notOffered("Client.unsetPushRegistrationId");
  }

  async removePushRegistrations(channelType: NotificationsChannelType, registrationId: string): Promise<void> {
    check("removePushRegistrations", "channelType", channelType, valid.literal("fcm", "apn"));
    check("removePushRegistrations", "registrationId", registrationId, valid.nonEmptyString);
    throw notOffered("Client.removePushRegistrations");
  }

  async handlePushNotification(notificationPayload: unknown): Promise<void> {
    this.emit("pushNotification", parsePush(notificationPayload));
  }

  /** A user, subscribed to from now on. */
  async getUser(identity: string): Promise<User> {
    check("getUser", "identity", identity, valid.nonEmptyString);
    await this.#startup.ready;
    return this.#session.users.get(identity);
  }

  async getSubscribedUsers(): Promise<User[]> {
    await this.#startup.ready;
    return this.#session.users.all();
  }

  getTemporaryContentUrlsForMediaSids(mediaSids: string[]): CancellablePromise<Map<string, string>> {
    check("getTemporaryContentUrlsForMediaSids", "mediaSids", mediaSids, valid.arrayOf(valid.nonEmptyString));
    return CancellablePromise.of(() => this.#session.media.urls(mediaSids));
  }

  getTemporaryContentUrlsForMedia(contentSet: Media[]): CancellablePromise<Map<string, string>> {
    check("getTemporaryContentUrlsForMedia", "contentSet", contentSet, valid.arrayOf(valid.instance(Media)));
    return this.getTemporaryContentUrlsForMediaSids(contentSet.map((one) => one.sid));
  }

  async getContentTemplates(): Promise<Readonly<ContentTemplate[]>> {
    throw notOffered("Client.getContentTemplates");
  }

  /** Messages that hold these words, the newest first, in all conversations of the user or in one. */
  async searchMessages(
    query: string,
    options: { conversation?: Conversation; pageSize?: number } = {},
  ): Promise<Paginator<Message>> {
    check("searchMessages", "query", query, valid.nonEmptyString);
    check("searchMessages", "options", options, valid.object);
    const { conversation, pageSize = 30 } = options;
    checkPageSize(pageSize);
    return search(this.#session, { query, pageSize, conversation: conversation?.sid });
  }

  /** The roles that there are. */
  async getRoles(type?: RoleType): Promise<Role[]> {
    check("getRoles", "type", type, valid.nothing, valid.literal("service", "conversation"));
    const { roles } = await this.#session.request("role.list", type ? { type } : {});
    return roles.map(roleOf);
  }
}
