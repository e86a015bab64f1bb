import type { Context } from "../session/context.js";
import type { Conversation } from "./conversation.js";

/** How far this user has read a conversation. */
export class ReadHorizon {
  readonly #context: Context;
  readonly #conversation: Conversation;
  /** How often the server said by itself where it stands. */
  #told = 0;
  #marking: { index: number; done: Promise<number> } | undefined;

  constructor(context: Context, conversation: Conversation) {
    this.#context = context;
    this.#conversation = conversation;
  }

  /** Moves it up to a message, never back. What is read already, or about to be, is not marked again. */
  async advance(index: number): Promise<number> {
    const { lastReadMessageIndex, unreadMessagesCount } = this.#conversation;
    if (lastReadMessageIndex !== null && lastReadMessageIndex >= index) return unreadMessagesCount ?? 0;
    if (this.#marking && this.#marking.index >= index) return this.#marking.done;
    if (this.#context.marks(this.#conversation.sid, index)) return unreadMessagesCount ?? 0;
    const marking = { index, done: this.#mark(index, true) };
    this.#marking = marking;
    try {
      return await marking.done;
    } finally {
      if (this.#marking === marking) this.#marking = undefined;
    }
  }

  /** Moves it anywhere; null is before everything. */
  async set(index: number | null): Promise<number> {
    return this.#mark(index, false);
  }

  async #mark(index: number | null, advance: boolean): Promise<number> {
    const told = this.#told;
    const params = { conversation: this.#conversation.sid, index, ...(advance ? { advance } : {}) };
    const answer = await this.#context.request("read.set", params);
    // A signal says the same, and is in order with the messages that are added: where it came first it counts.
    if (this.#told === told) this.#conversation._set(answer);
    return answer.unread_messages_count ?? 0;
  }

  /** The server said where it stands, and what else is this user's own. */
  told(own: {
    last_read_message_index?: number;
    unread_messages_count?: number;
    notification_level?: "default" | "muted";
  }): void {
    this.#told++;
    this.#conversation._set({
      last_read_message_index: own.last_read_message_index ?? null,
      unread_messages_count: own.unread_messages_count ?? null,
      ...(own.notification_level ? { notification_level: own.notification_level } : {}),
    });
  }
}
