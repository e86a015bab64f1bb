import { ReplayEventEmitter } from "../events/replay.js";
import { copyJSON, type JSONValue } from "../json.js";
import type { Context } from "../session/context.js";
import type { WireConversation } from "../wire/objects.js";
import type { ConversationEvents } from "./client-events.js";
import { blank, differences } from "./conversation-data.js";
import * as types from "./conversation-types.js";
import { dateOf } from "./dates.js";

/** What changes with events of messages and participants alone: an answer may be behind those. */
const counted = ["participants_count", "messages_count", "last_message", "unread_messages_count"] as const;

/** What can be seen of a conversation, and how it changes. */
export abstract class ConversationView extends ReplayEventEmitter<ConversationEvents> {
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
  readonly _context: Context;
  #state: WireConversation;
  #status: types.ConversationStatus = "notParticipating";
  /** @internal When something last happened, in milliseconds. */
  _active: number;

  /** @internal */
  constructor(context: Context, state: WireConversation) {
    super();
    this._context = context;
    this.#state = { ...blank, ...state };
    this._active = Date.parse(state.last_message?.date_created ?? state.date_created);
    this.sid = state.sid;
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
    return new Date(this._active);
  }

  /** @internal Closed for good: nobody sees it in lists. */
  get _closed(): boolean {
    return this.#state.state === "closed";
  }

  /** @internal What the server says now; while it cannot be asked, what is known. */
  async _fresh(): Promise<WireConversation> {
    if (!this._context.live) return this._state;
    return this._context.request("conversation.get", { conversation: this.sid });
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
    if (last) this._active = Math.max(this._active, Date.parse(last));
    this._changed(differences(before, this.#state));
  }

  /** @internal True where that is another status. */
  _become(status: types.ConversationStatus, live = false): boolean {
    if (this.#status === status) return false;
    this.#status = status;
    if (live) this._active = Date.now();
    return true;
  }

  /** @internal There is another state. */
  abstract _changed(updateReasons: types.ConversationUpdateReason[]): void;

  /** @internal */
  get _state(): WireConversation {
    return this.#state;
  }
}
