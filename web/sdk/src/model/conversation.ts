import type { JSONValue } from "../json.js";
import { MessageBuilder, UnsentMessage } from "../outbox/builder.js";
import type { Context } from "../session/context.js";
import * as valid from "../validate.js";
import type { WireConversation } from "../wire/objects.js";
import type { ConversationEvents, SharedEvents } from "./client-events.js";
import type * as types from "./conversation-types.js";
import { ConversationView } from "./conversation-view.js";
import type { Message } from "./message.js";
import { Messages } from "./messages.js";
import { type Paginator, RestPaginator } from "./paginator.js";
import { Participant, type ParticipantBindingOptions } from "./participant.js";
import { ReadHorizon } from "./read-horizon.js";
import { type RecipientDescriptor, recipientsOf } from "./recipients.js";
import { Roster } from "./roster.js";

const { check } = valid;
/** Typing is sent on once in so many milliseconds: the server does not relay it more often. */
const typingPause = 5_000;

/** A conversation. Within a client there is one object for each, and it changes in place. */
export class Conversation extends ConversationView {
  /** @internal */
  readonly _messages: Messages;
  /** @internal */
  readonly _roster: Roster;
  /** @internal */
  readonly _horizon: ReadHorizon;
  #typed = 0;

  /** @internal */
  constructor(context: Context, state: WireConversation) {
    super(context, state);
    this._messages = new Messages(context, this);
    this._roster = new Roster(context, this);
    this._horizon = new ReadHorizon(context, this);
  }

  /** One's own messages that wait to be sent, or were refused. */
  get queuedMessages(): Message[] {
    return this._context.outbox.queued(this.sid);
  }

  /** Adds a user. */
  async add(identity: string, attributes?: JSONValue): Promise<types.ParticipantResponse> {
    check("add", "identity", identity, valid.nonEmptyString);
    check("add", "attributes", attributes, valid.nothing, valid.json);
    return this._roster.add(identity, attributes);
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
    return this._roster.addNonChat(proxyAddress, address, attributes);
  }

  /** Marks everything up to a message as read, unless more is already; gives how many are unread. */
  async advanceLastReadMessageIndex(index: number): Promise<number> {
    check("advanceLastReadMessageIndex", "index", index, valid.nonNegativeInteger);
    return this._horizon.advance(index);
  }

  async delete(): Promise<Conversation> {
    await this._context.request("conversation.delete", { conversation: this.sid });
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
    return (await this._fresh()).participants_count ?? 0;
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
    return (await this._fresh()).messages_count ?? 0;
  }

  async getUnreadMessagesCount(): Promise<number | null> {
    return (await this._fresh()).unread_messages_count ?? null;
  }

  async join(): Promise<Conversation> {
    return this._context.directory.welcome(
      await this._context.request("conversation.join", { conversation: this.sid }),
    );
  }

  async leave(): Promise<Conversation> {
    if (this.status === "joined") {
      await this._context.request("conversation.leave", { conversation: this.sid });
      this._context.directory.leave(this);
    }
    return this;
  }

  async removeParticipant(participant: string | Participant): Promise<void> {
    const of = [valid.nonEmptyString, valid.instance(Participant)];
    check("removeParticipant", "participant", participant, ...of);
    await this._roster.expel(typeof participant === "string" ? participant : participant.sid);
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
    return new MessageBuilder(this.limits, new UnsentMessage(this._context.outbox, this));
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
    await this._context.request("conversation.notify", { conversation: this.sid, level: notificationLevel });
    this._set({ notification_level: notificationLevel });
  }

  /** Tells the others that one is typing; as often as one likes, it is sent on every five seconds. */
  async typing(): Promise<void> {
    const now = Date.now();
    if (now - this.#typed < typingPause) return;
    this.#typed = now;
    this._context.notify("typing", { conversation: this.sid });
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
    this._take(await this._context.request("conversation.update", { conversation: this.sid, ...change }));
    return this;
  }

  /** @internal */
  override _changed(updateReasons: types.ConversationUpdateReason[]): void {
    this._context.changed(this);
    if (updateReasons.length > 0) this._updated(updateReasons);
    if (this._closed) this._context.directory.hide(this);
  }

  /** @internal */
  _updated(updateReasons: types.ConversationUpdateReason[]): void {
    this.emit("updated", { conversation: this, updateReasons });
    this._context.emit("conversationUpdated", { conversation: this, updateReasons });
  }

  /** @internal */
  override _become(status: types.ConversationStatus, live = false): boolean {
    const another = super._become(status, live);
    if (another && status === "notParticipating") this._roster.clear();
    return another;
  }

  /** @internal Emits here and at the client. */
  _tell<E extends keyof SharedEvents>(event: E, ...args: Parameters<SharedEvents[E]>): void {
    this.emit(event, ...(args as Parameters<ConversationEvents[E]>));
    this._context.emit(event, ...(args as never));
  }
}
