import { codes, ParleyError } from "../errors.js";
import { Conversation } from "../model/conversation.js";
import { pagesForward, type RestPaginator } from "../model/paginator.js";
import type { Result } from "../wire/methods.js";
import type { WireConversation } from "../wire/objects.js";
import type { Context } from "./context.js";

/** The conversations that a client knows, one object each, and which of them its user sees. */
export class Directory {
  readonly #context: Context;
  readonly #all = new Map<string, Conversation>();
  readonly #visible = new Set<Conversation>();
  /** The same, as they were in order when last asked for. */
  #order: Conversation[] = [];
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
    // Few have moved since it was asked for last: sorting what is nearly in order takes hardly any time.
    this.#order.sort((a, b) => b._active - a._active || (a.sid < b.sid ? -1 : 1));
    return this.#order.filter((one) => one.status === "joined");
  }

  byUniqueName(name: string): Conversation | undefined {
    for (const one of this.#visible) if (one.status === "joined" && one.uniqueName === name) return one;
    return undefined;
  }

  /** The object of a conversation, as an answer shows it. */
  take(state: WireConversation): Conversation {
    let conversation = this.#all.get(state.sid);
    if (conversation) conversation._take(state);
    else this.#all.set(state.sid, (conversation = new Conversation(this.#context, state)));
    // No event tells of a closed one that the user is in it.
    if (state.state === "closed" && state.participant_sid) conversation._become("joined");
    return conversation;
  }

  /** The one of a sid, asked for where it is not known. */
  async bySid(sid: string): Promise<Conversation> {
    return this.get(sid) ?? this.find(sid, `Conversation with SID ${sid} was not found.`);
  }

  /** The closed ones of the user. */
  closed(): Promise<RestPaginator<Conversation>> {
    return pagesForward(async (token) => {
      const paging = { page_size: 100, ...(token === null ? {} : { page_token: token }) };
      const page = await this.#context.request("conversation.list", { state: "closed", ...paging });
      return { items: page.conversations.map((state) => this.take(state)), next: page.next_page_token };
    });
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
  show(conversation: Conversation): Conversation {
    if (this.#visible.has(conversation) || conversation._closed) return conversation;
    this.#visible.add(conversation);
    this.#order.push(conversation);
    this.#context.emit("conversationAdded", conversation);
    return conversation;
  }

  /** It is closed, and with that out of everybody's sight; who is in it can still read it. */
  hide(conversation: Conversation): void {
    if (!this.#visible.delete(conversation)) return;
    this.#order = this.#order.filter((one) => one !== conversation);
    this.#context.emit("conversationRemoved", conversation);
  }

  /** The user is in it. True where that is new. */
  join(state: WireConversation, live: boolean): boolean {
    const known = this.#all.has(state.sid);
    const conversation = this.take(state);
    if (!conversation._become("joined", live)) return false;
    this.#since.set(conversation, state.revision);
    const seen = this.#visible.has(conversation);
    if (known) conversation._set(state);
    else this.#context.changed(conversation);
    this.show(conversation);
    if (seen) conversation._updated(["status"]);
    if (!conversation._closed) this.#context.emit("conversationJoined", conversation);
    return true;
  }

  /** The user has joined, as the answer says. The server tells the others alone that there is one more. */
  welcome({ conversation: state, participant }: Result<"conversation.join">): Conversation {
    this.join(state, true);
    const conversation = this.get(state.sid)!;
    const own = conversation._roster.upsert(participant, state.revision);
    if (own) conversation._tell("participantJoined", own);
    return conversation;
  }

  /** The user is in it no more, as of a revision; one that is older than the latest joining does not count. */
  leave(conversation: Conversation, revision?: number): void {
    if (revision !== undefined && revision < (this.#since.get(conversation) ?? 0)) return;
    const left = conversation._become("notParticipating");
    if (left) {
      conversation._set({ participant_sid: null, role_sid: null, permissions: null, unread_messages_count: null });
      this.#context.emit("conversationLeft", conversation);
    }
    const seen = this.#visible.has(conversation);
    this.hide(conversation);
    if (left || seen) conversation.emit("removed", conversation);
  }
}
