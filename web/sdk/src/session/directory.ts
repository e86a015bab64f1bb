import { codes, ParleyError } from "../errors.js";
import { Conversation } from "../model/conversation.js";
import type { WireConversation } from "../wire/objects.js";
import type { Context } from "./context.js";

/** The conversations that a client knows, one object each, and which of them its user sees. */
export class Directory {
  readonly #context: Context;
  readonly #all = new Map<string, Conversation>();
  readonly #visible = new Set<Conversation>();
  /** The revision of the latest joining of each. */
  readonly #since = new Map<Conversation, number>();

  constructor(context: Context) {
    this.#context = context;
  }

  get(sid: string): Conversation | undefined {
    return this.#all.get(sid);
  }

  /** Those that the user is in, the most recently active first. */
  joined(): Conversation[] {
    return [...this.#visible]
      .filter((one) => one.status === "joined")
      .sort((a, b) => b.lastActivity.getTime() - a.lastActivity.getTime() || a.sid.localeCompare(b.sid));
  }

  byUniqueName(name: string): Conversation | undefined {
    return this.joined().find((one) => one.uniqueName === name);
  }

  /** The object of a conversation, as an answer shows it. */
  take(state: WireConversation): Conversation {
    const known = this.#all.get(state.sid);
    if (known) {
      known._take(state);
      return known;
    }
    const conversation = new Conversation(this.#context, state);
    this.#all.set(state.sid, conversation);
    return conversation;
  }

  /** The one of a sid or unique name, asked for where the user is not in it; `missing` says that there is none. */
  async find(name: string, missing: string): Promise<Conversation> {
    const known = this.get(name);
    const found = known?.status === "joined" ? known : this.byUniqueName(name);
    if (found) return found;
    try {
      return this.take(await this.#context.request("conversation.get", { conversation: name }));
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== codes.conversationNotFound) throw error;
      throw new ParleyError(missing, { code: codes.conversationNotFound, data: { status: 404, definite: true } });
    }
  }

  /** It is to be seen from now on. */
  show(conversation: Conversation): void {
    if (this.#visible.has(conversation)) return;
    this.#visible.add(conversation);
    this.#context.emit("conversationAdded", conversation);
  }

  /** The user is in it. True where that is new. */
  join(state: WireConversation, live: boolean): boolean {
    const conversation = this.take(state);
    if (!conversation._become("joined", live)) return false;
    this.#since.set(conversation, state.revision);
    const seen = this.#visible.has(conversation);
    conversation._set(state);
    this.show(conversation);
    if (seen) conversation._updated(["status"]);
    this.#context.emit("conversationJoined", conversation);
    return true;
  }

  /** The user is in it no more, as of a revision; one that is older than the latest joining does not count. */
  leave(conversation: Conversation, revision?: number): void {
    if (revision !== undefined && revision < (this.#since.get(conversation) ?? 0)) return;
    if (conversation._become("notParticipating")) {
      conversation._set({ participant_sid: null, role_sid: null, permissions: null, unread_messages_count: null });
      this.#context.emit("conversationLeft", conversation);
    }
    if (!this.#visible.delete(conversation)) return;
    this.#context.emit("conversationRemoved", conversation);
    conversation.emit("removed", conversation);
  }
}
