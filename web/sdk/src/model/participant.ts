import { ReplayEventEmitter } from "../events/replay.js";
import { copyJSON, type JSONValue, sameJSON } from "../json.js";
import type { Context } from "../session/context.js";
import { check, json } from "../validate.js";
import type { WireParticipant } from "../wire/objects.js";
import type { Conversation } from "./conversation.js";
import { dateOf } from "./dates.js";
import type { User } from "./user.js";

export type ParticipantUpdateReason =
  "attributes" | "dateCreated" | "dateUpdated" | "roleSid" | "lastReadMessageIndex" | "lastReadTimestamp" | "bindings";
export type ParticipantType = "chat" | "sms" | "whatsapp" | "email" | string;
export type ParticipantEmailLevel = "to" | "cc";
export interface ParticipantEmailBinding {
  name: string;
  address: string;
  level: ParticipantEmailLevel;
}
export interface ParticipantBindings {
  email?: ParticipantEmailBinding;
}
export interface ParticipantBindingOptions {
  email?: ParticipantEmailBinding;
}
export interface ParticipantUpdatedEventArgs {
  participant: Participant;
  updateReasons: ParticipantUpdateReason[];
}
export type ParticipantEvents = {
  typingEnded: (participant: Participant) => void;
  typingStarted: (participant: Participant) => void;
  updated: (data: { participant: Participant; updateReasons: ParticipantUpdateReason[] }) => void;
};

/** Typing ends by itself after so long, should its end get lost; in milliseconds. */
const typingEnd = 10_000;

/** Somebody's place in a conversation. There is one object for each. */
export class Participant extends ReplayEventEmitter<ParticipantEvents> {
  static readonly typingStarted = "typingStarted";
  static readonly typingEnded = "typingEnded";
  static readonly updated = "updated";
  readonly conversation: Conversation;
  readonly #context: Context;
  #state: WireParticipant;
  #typing: ReturnType<typeof setTimeout> | undefined;

  /** @internal */
  constructor(context: Context, conversation: Conversation, state: WireParticipant) {
    super();
    this.#context = context;
    this.conversation = conversation;
    this.#state = state;
  }

  get sid(): string {
    return this.#state.sid;
  }

  get attributes(): JSONValue {
    return copyJSON(this.#state.attributes ?? {});
  }

  get dateCreated(): Date | null {
    return dateOf(this.#state.date_created);
  }

  get dateUpdated(): Date | null {
    return dateOf(this.#state.date_updated);
  }

  /** Null for one who is not here by chat. */
  get identity(): string | null {
    return this.#state.identity ?? null;
  }

  get isTyping(): boolean {
    return this.#typing !== undefined;
  }

  get lastReadMessageIndex(): number | null {
    return this.#state.last_read_message_index ?? null;
  }

  get lastReadTimestamp(): Date | null {
    return dateOf(this.#state.last_read_timestamp);
  }

  get roleSid(): string {
    return this.#state.role_sid ?? "";
  }

  get type(): ParticipantType {
    return this.#state.messaging_binding?.type ?? "chat";
  }

  get bindings(): ParticipantBindings {
    const binding = this.#state.messaging_binding;
    if (binding?.type !== "email") return {};
    return { email: { name: binding.name ?? "", address: binding.address, level: binding.level ?? "to" } };
  }

  /** The address of one who is not here by chat, and the one of ours that they are written to from. */
  get address(): { address: string; proxyAddress: string } | null {
    const binding = this.#state.messaging_binding;
    return binding ? { address: binding.address, proxyAddress: binding.proxy_address } : null;
  }

  /** The user behind, and a subscription to it. Rejects for one who is not here by chat. */
  async getUser(): Promise<User> {
    if (this.type !== "chat" || this.identity === null) {
      throw new Error("Getting the user is only possible for participants of type 'chat'");
    }
    return this.#context.user(this.identity);
  }

  /** Removes the participant from the conversation. */
  async remove(): Promise<void> {
    await this.conversation.removeParticipant(this);
  }

  /** Replaces the attributes. */
  async updateAttributes(attributes: JSONValue): Promise<Participant> {
    check("updateAttributes", "attributes", attributes, json);
    return this.#update({ attributes });
  }

  /** Gives the participant another role of the conversation. */
  async updateRole(roleSid: string): Promise<Participant> {
    return this.#update({ role_sid: roleSid });
  }

  async #update(change: { attributes?: JSONValue; role_sid?: string }): Promise<Participant> {
    const request = { conversation: this.conversation.sid, participant: this.sid, ...change };
    this._set(await this.#context.request("participant.update", request));
    return this;
  }

  /** @internal Takes a newer state, and tells what is different. */
  _set(state: Partial<WireParticipant>): void {
    const before = this.#state;
    const after = { ...before, ...state };
    if ((after.last_read_timestamp ?? "") < (before.last_read_timestamp ?? "")) {
      // Horizons move by signals, which a read that was made before may follow.
      after.last_read_timestamp = before.last_read_timestamp ?? null;
      after.last_read_message_index = before.last_read_message_index ?? null;
    }
    this.#state = after;
    const reasons: ParticipantUpdateReason[] = [];
    const compare = (reason: ParticipantUpdateReason, name: keyof WireParticipant): void => {
      if (!sameJSON(before[name] ?? null, after[name] ?? null)) reasons.push(reason);
    };
    compare("attributes", "attributes");
    compare("dateCreated", "date_created");
    compare("dateUpdated", "date_updated");
    compare("roleSid", "role_sid");
    compare("lastReadMessageIndex", "last_read_message_index");
    compare("lastReadTimestamp", "last_read_timestamp");
    compare("bindings", "messaging_binding");
    if (reasons.length === 0) return;
    this.emit("updated", { participant: this, updateReasons: reasons });
    this.conversation._tell("participantUpdated", { participant: this, updateReasons: reasons });
  }

  /** @internal */
  _startTyping(): void {
    const again = this.isTyping;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this._endTyping(), typingEnd);
    if (again) return;
    this.emit("typingStarted", this);
    this.conversation._tell("typingStarted", this);
  }

  /** @internal */
  _endTyping(): void {
    if (!this.isTyping) return;
    clearTimeout(this.#typing);
    this.#typing = undefined;
    this.emit("typingEnded", this);
    this.conversation._tell("typingEnded", this);
  }
}
