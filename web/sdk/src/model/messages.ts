import type { Context } from "../session/context.js";
import type { WireMessage, WireReaction } from "../wire/objects.js";
import type { Conversation } from "./conversation.js";
import { Message } from "./message.js";
import { checkPageSize, RestPaginator } from "./paginator.js";

/** What an event leaves out of a message. */
const blank = { attributes: {}, reactions: {} };
/** So many identities are known per reaction. */
const mostIdentities = 20;

interface PageToken {
  pageSize: number;
  anchor: number | undefined;
  direction: "backwards" | "forward";
}

/** The messages of one conversation that are known, one object for each index. */
export class Messages {
  readonly #context: Context;
  readonly #conversation: Conversation;
  readonly #all = new Map<number, Message>();
  readonly #gone = new Set<number>();
  /** One's own that are stored, and of which the event has not come. */
  readonly #unannounced = new Set<Message>();
  /** The highest index that was ever known. */
  #newest = -1;
  /** Every message that exists from this index on is known; undefined before the end was ever read. */
  #from: number | undefined;

  constructor(context: Context, conversation: Conversation) {
    this.#context = context;
    this.#conversation = conversation;
  }

  at(index: number): Message | undefined {
    return this.#all.get(index);
  }

  /** All that are known, ascending. */
  known(): Message[] {
    return [...this.#all.values()].sort((a, b) => a.index - b.index);
  }

  /**
   * Takes the state of a message, new or newer than what is known. What an event removed does not come back by a read
   * that was made before.
   */
  upsert(given: WireMessage): Message | undefined {
    if (given.removed || this.#gone.has(given.index)) return undefined;
    const state = { ...blank, ...given };
    const known = this.#all.get(state.index);
    if (known) {
      known._set(state);
      return known;
    }
    // What one sent oneself is known by its nonce: it stays the same object.
    const message = this.#context.outbox.settle(this.#conversation, state) ?? this.#make(state);
    this.#all.set(state.index, message);
    this.#newest = Math.max(this.#newest, state.index);
    return message;
  }

  #make(state: WireMessage): Message {
    return new Message(this.#context, this.#conversation, state);
  }

  /** An event added a message. */
  added(state: WireMessage): void {
    const isNew = !this.#all.has(state.index);
    const message = this.upsert(state);
    if (!message || !isNew) {
      // An answer to one's own sending may come first; the event is the one that adds.
      if (!message || !this.#unannounced.delete(message)) return;
    }
    this.#from ??= this.#conversation.messagesCount === 1 ? state.index : undefined;
    this.#conversation._tell("messageAdded", message);
  }

  /** One's own message was stored, and the event that adds it is still to come. */
  stored(state: WireMessage): void {
    if (this.#all.has(state.index)) return;
    const message = this.upsert(state);
    if (message) this.#unannounced.add(message);
  }

  updated(state: WireMessage, revision: number): void {
    const known = this.#all.get(state.index);
    if (!known) return;
    if (!state.reaction) {
      known._set({ ...blank, ...state });
      return;
    }
    if (revision < (known._state.revision ?? 0)) return;
    known._set({ ...known._state, reactions: merge(known._state.reactions ?? {}, state), revision });
  }

  removed(index: number): void {
    this.#gone.add(index);
    const known = this.#all.get(index);
    this.#all.delete(index);
    if (known) this.#conversation._tell("messageRemoved", known);
  }

  /** Reads a page, or while that cannot be done gives what is known of it. */
  async page(
    pageSize: number,
    anchor: number | undefined,
    direction: "backwards" | "forward",
  ): Promise<RestPaginator<Message>> {
    checkPageSize(pageSize);
    if (!this.#context.live) {
      if (this.#from === undefined) await this.#context.recall(this.#conversation);
      const kept = this.#keptPage({ pageSize, anchor, direction });
      if (kept) return kept;
    }
    const answer = await this.#context.request("message.list", {
      conversation: this.#conversation.sid,
      page_size: pageSize,
      ...(anchor === undefined ? {} : { anchor }),
      direction,
    });
    const items = answer.messages.map((state) => this.upsert(state)).filter((one) => one !== undefined);
    const first = answer.messages[0]?.index ?? anchor ?? 0;
    const last = answer.messages.at(-1)?.index ?? (anchor ?? 0) - (direction === "forward" ? 1 : 0);
    if (!answer.has_next) this.#from = Math.min(this.#from ?? Infinity, first);
    else if (this.#from !== undefined && last + 1 >= this.#from) this.#from = Math.min(this.#from, first);
    this.#context.changed(this.#conversation);
    return this.#paginator(items, pageSize, answer.has_prev ? first - 1 : null, answer.has_next ? last + 1 : null);
  }

  #paginator(items: Message[], pageSize: number, before: number | null, after: number | null): RestPaginator<Message> {
    const source = (token: PageToken) => this.page(token.pageSize, token.anchor, token.direction);
    const prev: PageToken | null = before === null ? null : { pageSize, anchor: before, direction: "backwards" };
    const next: PageToken | null = after === null ? null : { pageSize, anchor: after, direction: "forward" };
    return new RestPaginator(items, source, prev, next);
  }

  /** A page of what is known without a gap, as far as it goes. */
  #keptPage({ pageSize, anchor, direction }: PageToken): RestPaginator<Message> | undefined {
    const from = this.#from;
    if (from === undefined || (anchor === undefined && direction === "forward")) return undefined;
    const whole = this.known().filter((one) => one.index >= from);
    const end = whole.at(-1)?.index ?? from;
    const at = Math.min(anchor ?? end, end);
    if (at < from) return undefined;
    const items =
      direction === "backwards"
        ? whole.filter((one) => one.index <= at).slice(-pageSize)
        : whole.filter((one) => one.index >= at).slice(0, pageSize);
    const first = items[0]?.index ?? at;
    const last = items.at(-1)?.index ?? at;
    return this.#paginator(items, pageSize, first > 0 ? first - 1 : null, last < end ? last + 1 : null);
  }

  /** Too much happened to be told: what is known has to be read again before it counts as whole. */
  async reset(): Promise<void> {
    const known = this.known();
    const newest = known.at(-1)?.index;
    this.#from = undefined;
    if (newest === undefined) return;
    const page = await this.#context.request("message.list", {
      conversation: this.#conversation.sid,
      page_size: 100,
      direction: "backwards",
    });
    const first = page.messages[0]?.index ?? 0;
    const there = new Set(page.messages.map((state) => state.index));
    for (const { index } of known) {
      if (index >= first && !there.has(index)) this.removed(index);
      else if (index < first) this.#all.delete(index); // it may have changed: it is to be read again
    }
    for (const state of page.messages) {
      if (state.index > newest || this.#isUnannounced(state.index)) this.added(state);
      else this.upsert(state);
    }
    this.#from = first;
  }

  #isUnannounced(index: number): boolean {
    const known = this.#all.get(index);
    return known !== undefined && this.#unannounced.has(known);
  }

  /** What a cache keeps: the newest, as far as they are known without a gap. */
  kept(most: number): { from: number; messages: WireMessage[] } | undefined {
    const from = this.#from;
    if (from === undefined) return undefined;
    const messages: WireMessage[] = [];
    for (let index = this.#newest; index >= from && messages.length < most; index--) {
      const message = this.#all.get(index);
      if (message) messages.push(message._state);
    }
    messages.reverse();
    return { from: messages[0]?.index ?? from, messages };
  }

  /** Takes what a cache kept. */
  restore(kept: { from: number; messages: WireMessage[] }): void {
    for (const state of kept.messages) this.upsert(state);
    this.#from = kept.from;
  }
}

/** The reactions after one of them was added or taken back: counts are given, of the identities only the change. */
function merge(
  known: Record<string, WireReaction>,
  { reaction, reactions }: WireMessage,
): Record<string, WireReaction> {
  const all: Record<string, WireReaction> = {};
  for (const [name, { count }] of Object.entries(reactions ?? {})) {
    let identities = known[name]?.identities ?? [];
    if (reaction?.name === name) {
      identities = identities.filter((one) => one !== reaction.identity);
      if (reaction.added && identities.length < mostIdentities) identities = [...identities, reaction.identity];
    }
    Object.defineProperty(all, name, { value: { count, identities }, enumerable: true, configurable: true });
  }
  return all;
}
