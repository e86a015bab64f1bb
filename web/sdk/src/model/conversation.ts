import { ReplayEventEmitter } from "../events/replay.js";
import { copyJSON, type JSONValue } from "../json.js";
import { MessageBuilder, UnsentMessage } from "../outbox/builder.js";
import type { Context } from "../session/context.js";
import * as valid from "../validate.js";
import type { WireConversation } from "../wire/objects.js";
import type { ConversationEvents, SharedEvents } from "./client-events.js";
import { blank, differences } from "./conversation-data.js";
import * as types from "./conversation-types.js";
import { dateOf } from "./dates.js";
import type { Message } from "./message.js";
import { Messages } from "./messages.js";
import { type Paginator, RestPaginator } from "./paginator.js";
import { Participant, type ParticipantBindingOptions } from "./participant.js";
import { responseOf } from "./participant-response.js";
import { ReadHorizon } from "./read-horizon.js";
import { type RecipientDescriptor, recipientsOf } from "./recipients.js";
import { Roster } from "./roster.js";

const { check } = valid;
/** What changes with events of messages and participants alone: an answer may be behind those. */
const counted = ["participants_count", "messages_count", "last_message", "unread_messages_count"] as const;
/** Typing is sent on once in so many milliseconds: the server does not relay it more often. */
const typingPause = 5_000;

/** A conversation. Within a client there is one object for each, and it changes in place. */
export class Conversation extends ReplayEventEmitter<ConversationEvents> {
  static readonly participantJoined = "participantJoined";
  static readonly participantLeft = "participantLeft";
  static readonly participantUpdated = "participantUpdated";
  static readonly messageAdded = "messageAdded";
  static readonly messageRemoved = "messageRemoved";
  static readonly messageUpdated = "messageUpdated";
  static readonly typingEnded = "typingEnded";
  static readonly typingStarted = "typingStarted";
  static readonly updated = "updated";
  static readonly removed = "removed";
  readonly sid: string;
  /** @internal */
  readonly _messages: Messages;
  /** @internal */
  readonly _roster: Roster;
  /** @internal */
  readonly _horizon: ReadHorizon;
  readonly #context: Context;
  #state: WireConversation;
  #status: types.ConversationStatus = "notParticipating";
  #typed = 0;
  #active: number;

  /** @internal */
  constructor(context: Context, state: WireConversation) {
    super();
    this.#context = context;
    this.#state = { ...blank, ...state };
    this.#active = Date.parse(state.last_message?.date_created ?? state.date_created);
    this.sid = state.sid;
    this._messages = new Messages(context, this);
    this._roster = new Roster(context, this);
    this._horizon = new ReadHorizon(context, this);
  }

  get uniqueName(): string | null {
    return this.#state.unique_name ?? null;
  }

  get status(): types.ConversationStatus {
    return this.#status;
  }

  get friendlyName(): string | null {
    return this.#state.friendly_name ?? null;
  }

  get dateUpdated(): Date | null {
    return dateOf(this.#state.date_updated);
  }

  get dateCreated(): Date | null {
    return dateOf(this.#state.date_created);
  }

  get createdBy(): string {
    return this.#state.created_by ?? "";
  }

  get attributes(): JSONValue {
    return copyJSON(this.#state.attributes ?? {});
  }

  get lastReadMessageIndex(): number | null {
    return this.#state.last_read_message_index ?? null;
  }

  get lastMessage(): types.LastMessage | undefined {
    const last = this.#state.last_message;
    if (!last) return undefined;
    const message: types.LastMessage = { index: last.index, dateCreated: new Date(last.date_created) };
    if (last.author) message.author = last.author;
    if (last.body) message.body = last.body;
    return message;
  }

  get notificationLevel(): types.NotificationLevel {
    return this.#state.notification_level ?? "default";
  }

  get bindings(): types.ConversationBindings {
    const email = this.#state.bindings?.email;
    if (!email?.projected_address) return {};
    return { email: { projected_address: email.projected_address, ...(email.name ? { name: email.name } : {}) } };
  }

  get limits(): types.ConversationLimits {
    return types.limits;
  }

  get state(): types.ConversationState | undefined {
    const { state, state_updated, date_created } = this.#state;
    return { current: state, dateUpdated: new Date(state_updated ?? date_created) };
  }

  /** Exact, one's own messages included; null before anything was marked as read. */
  get unreadMessagesCount(): number | null {
    return this.#state.unread_messages_count ?? null;
  }

  get messagesCount(): number {
    return this.#state.messages_count ?? 0;
  }

  get participantsCount(): number {
    return this.#state.participants_count ?? 0;
  }

  /** What this user may do here, by the names of Twilio's permissions. */
  get permissions(): readonly string[] {
    return this.#state.permissions ?? [];
  }

  /** The sid of one's own place here; null where one is not in. */
  get participantSid(): string | null {
    return this.#state.participant_sid ?? null;
  }

  /** The role of one's own place here. */
  get roleSid(): string | null {
    return this.#state.role_sid ?? null;
  }

  /** When something last happened: creation, one's own joining, or the last message. */
  get lastActivity(): Date {
    return new Date(this.#active);
  }

  /** One's own messages that wait to be sent, or were refused. */
  get queuedMessages(): Message[] {
    return this.#context.outbox.queued(this.sid);
  }

  /** Adds a user. */
  async add(identity: string, attributes?: JSONValue): Promise<types.ParticipantResponse> {
    check("add", "identity", identity, valid.nonEmptyString);
    check("add", "attributes", attributes, valid.nothing, valid.json);
    const params = { conversation: this.sid, identity, ...(attributes === undefined ? {} : { attributes }) };
    return responseOf(this.#context, await this.#context.request("participant.add", params));
  }

  /** Adds somebody by SMS, WhatsApp or e-mail: written to at `address`, from `proxyAddress`. */
  async addNonChatParticipant(
    proxyAddress: string,
    address: string,
    attributes: JSONValue = {},
    bindingOptions: ParticipantBindingOptions = {},
  ): Promise<types.ParticipantResponse> {
    check("addNonChatParticipant", "proxyAddress", proxyAddress, valid.nonEmptyString);
    check("addNonChatParticipant", "address", address, valid.nonEmptyString);
    check("addNonChatParticipant", "attributes", attributes, valid.json);
    check("addNonChatParticipant", "bindingOptions", bindingOptions, valid.object);
    const params = { conversation: this.sid, proxy_address: proxyAddress, address, attributes };
    return responseOf(this.#context, await this.#context.request("participant.add_non_chat", params));
  }

  /** Marks everything up to a message as read, unless more is already; gives how many are unread. */
  async advanceLastReadMessageIndex(index: number): Promise<number> {
    check("advanceLastReadMessageIndex", "index", index, valid.nonNegativeInteger);
    return this._horizon.advance(index);
  }

  async delete(): Promise<Conversation> {
    await this.#context.request("conversation.delete", { conversation: this.sid });
    return this;
  }

  async getAttributes(): Promise<JSONValue> {
    return this.attributes;
  }

  /** A page of messages, ascending: by default the newest. The anchor is included; `prevPage` is always older. */
  async getMessages(
    pageSize = 30,
    anchor?: number,
    direction: "backwards" | "forward" = "backwards",
  ): Promise<Paginator<Message>> {
    check("getMessages", "pageSize", pageSize, valid.nonNegativeInteger);
    check("getMessages", "anchor", anchor, valid.nothing, valid.nonNegativeInteger);
    check("getMessages", "direction", direction, valid.literal("backwards", "forward"));
    return this._messages.page(pageSize, anchor, direction);
  }

  async getParticipants(): Promise<Participant[]> {
    return this._roster.list();
  }

  async getParticipantsCount(): Promise<number> {
    return (await this.#fresh()).participants_count ?? 0;
  }

  async getParticipantBySid(participantSid: string): Promise<Participant | null> {
    check("getParticipantBySid", "participantSid", participantSid, valid.nonEmptyString);
    return this._roster.find({ sid: participantSid });
  }

  async getParticipantByIdentity(identity: string | null = ""): Promise<Participant | null> {
    check("getParticipantByIdentity", "identity", identity, valid.nonEmptyString);
    return this._roster.find({ identity: identity! });
  }

  async getMessagesCount(): Promise<number> {
    return (await this.#fresh()).messages_count ?? 0;
  }

  async getUnreadMessagesCount(): Promise<number | null> {
    return (await this.#fresh()).unread_messages_count ?? null;
  }

  async join(): Promise<Conversation> {
    const { conversation } = await this.#context.request("conversation.join", { conversation: this.sid });
    this.#context.joined(conversation);
    return this;
  }

  async leave(): Promise<Conversation> {
    if (this.#status === "joined") {
      await this.#context.request("conversation.leave", { conversation: this.sid });
      this.#context.left(this);
    }
    return this;
  }

  async removeParticipant(participant: string | Participant): Promise<void> {
    const of = [valid.nonEmptyString, valid.instance(Participant)];
    check("removeParticipant", "participant", participant, ...of);
    const name = typeof participant === "string" ? participant : participant.sid;
    await this.#context.request("participant.remove", { conversation: this.sid, participant: name });
  }

  /** Sends a message and gives its index. Without a connection it waits for one. */
  async sendMessage(
    message: null | string | FormData | types.SendMediaOptions,
    messageAttributes?: JSONValue,
    emailOptions?: types.SendEmailOptions,
  ): Promise<number> {
    check("sendMessage", "message", message, valid.string, valid.none, valid.sendable);
    check("sendMessage", "messageAttributes", messageAttributes, valid.nothing, valid.json);
    check("sendMessage", "emailOptions", emailOptions, valid.nothing, valid.object);
    const builder = this.prepareMessage();
    if (typeof message === "string") builder.setBody(message);
    else if (message !== null) builder.addMedia(message);
    if (messageAttributes !== undefined) builder.setAttributes(messageAttributes);
    if (emailOptions?.subject !== undefined) builder.setSubject(emailOptions.subject);
    return (await builder.buildAndSend())!;
  }

  prepareMessage(): MessageBuilder {
    return new MessageBuilder(this.limits, new UnsentMessage(this.#context.outbox, this));
  }

  /** Marks everything as read; gives how many are unread. */
  async setAllMessagesRead(): Promise<number> {
    const last = this.lastMessage?.index;
    return last === undefined ? 0 : this._horizon.advance(last);
  }

  /** Marks everything as unread. */
  async setAllMessagesUnread(): Promise<number> {
    return this._horizon.set(null);
  }

  async setUserNotificationLevel(notificationLevel: types.NotificationLevel): Promise<void> {
    const method = "setUserNotificationLevel";
    check(method, "notificationLevel", notificationLevel, valid.literal("default", "muted"));
    await this.#context.request("conversation.notify", { conversation: this.sid, level: notificationLevel });
    this._set({ notification_level: notificationLevel });
  }

  /** Tells the others that one is typing; as often as one likes, it is sent on every five seconds. */
  async typing(): Promise<void> {
    const now = Date.now();
    if (now - this.#typed < typingPause) return;
    this.#typed = now;
    this.#context.notify("typing", { conversation: this.sid });
  }

  /** Replaces the attributes. */
  async updateAttributes(attributes: JSONValue): Promise<Conversation> {
    check("updateAttributes", "attributes", attributes, valid.json);
    return this.#update({ attributes });
  }

  async updateFriendlyName(friendlyName: string): Promise<Conversation> {
    check("updateFriendlyName", "friendlyName", friendlyName, valid.string);
    return friendlyName === this.friendlyName ? this : this.#update({ friendly_name: friendlyName });
  }

  /** Marks everything up to a message as read, and what is behind it as unread; gives how many are unread. */
  async updateLastReadMessageIndex(index: number | null): Promise<number> {
    check("updateLastReadMessageIndex", "index", index, valid.nonNegativeInteger, valid.none);
    return this._horizon.set(index);
  }

  async updateUniqueName(uniqueName: string | null): Promise<Conversation> {
    check("updateUniqueName", "uniqueName", uniqueName, valid.nonEmptyString, valid.none);
    return uniqueName === this.uniqueName ? this : this.#update({ unique_name: uniqueName });
  }

  /** Makes it active, puts it aside, or closes it for good. */
  async updateState(state: types.ConversationStateName): Promise<Conversation> {
    check("updateState", "state", state, valid.literal("active", "inactive", "closed"));
    return this.#update({ state });
  }

  /** Who messages here go to by e-mail. */
  async getMessageRecipients(options: { pageSize?: number } = {}): Promise<Paginator<RecipientDescriptor>> {
    check("getMessageRecipients", "options", options, valid.object);
    const all = recipientsOf("", await this.getParticipants(), null);
    return new RestPaginator(all, () => Promise.reject(new Error("No next page")), null, null);
  }

  async #update(change: Partial<Pick<WireConversation, "attributes" | "friendly_name" | "unique_name" | "state">>) {
    this._take(await this.#context.request("conversation.update", { conversation: this.sid, ...change }));
    return this;
  }

  /** What the server says now; while it cannot be asked, what is known. */
  async #fresh(): Promise<WireConversation> {
    if (!this.#context.live) return this.#state;
    return this.#context.request("conversation.get", { conversation: this.sid });
  }

  /** @internal Takes an answer, which may be older than what events brought since. */
  _take(state: WireConversation): void {
    if (state.revision < this.#state.revision) return;
    const own: Partial<WireConversation> = { ...state };
    for (const name of counted) delete own[name];
    this._set(own, true);
  }

  /** @internal Takes changed members, and tells what is different. */
  _set(change: Partial<WireConversation>, whole = false): void {
    const before = this.#state;
    this.#state = { ...before, ...(whole ? blank : {}), ...change };
    const last = this.#state.last_message?.date_created;
    if (last) this.#active = Math.max(this.#active, Date.parse(last));
    const reasons = differences(before, this.#state);
    this.#context.changed(this);
    if (reasons.length > 0) this._updated(reasons);
  }

  /** @internal */
  _updated(updateReasons: types.ConversationUpdateReason[]): void {
    this.emit("updated", { conversation: this, updateReasons });
    this.#context.emit("conversationUpdated", { conversation: this, updateReasons });
  }

  /** @internal True where that is another status. */
  _become(status: types.ConversationStatus, live = false): boolean {
    if (this.#status === status) return false;
    this.#status = status;
    if (live) this.#active = Date.now();
    if (status === "notParticipating") this._roster.clear();
    return true;
  }

  /** @internal Emits here and at the client. */
  _tell<E extends keyof SharedEvents>(event: E, ...args: Parameters<SharedEvents[E]>): void {
    this.emit(event, ...(args as Parameters<ConversationEvents[E]>));
    this.#context.emit(event, ...(args as never));
  }

  /** @internal */
  get _state(): WireConversation {
    return this.#state;
  }
}
