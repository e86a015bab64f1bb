import type { Conversation } from "../model/conversation.js";
import type { KeptDraft } from "../outbox/draft.js";
import type { WireConversation, WireMessage, WireUser } from "../wire/objects.js";
import type { Storage } from "./storage.js";

/** How long changes are gathered before they are written, in milliseconds. */
const gather = 300;
/** How long reading may take, in milliseconds: a database that another tab blocks would never answer. */
const patience = 2_000;
/** So many conversations are written at a time, so that thousands that changed at once hold nothing up. */
const portion = 50;
/** So many of the newest messages of a conversation are kept. */
const mostMessages = 100;

interface KeptSession {
  epoch: string;
  service: string;
  user: WireUser;
}
interface KeptConversation {
  state: WireConversation;
  at: number;
}
interface KeptMessages {
  at: number;
  from: number;
  messages: WireMessage[];
}

/** What was known at the end of an earlier run. */
export interface Recollection {
  session: KeptSession | undefined;
  conversations: KeptConversation[];
  drafts: KeptDraft[];
}

/** Keeps what a client knows of one user at one server. */
export class Cache {
  readonly #storage: Storage;
  readonly #prefix: string;
  readonly #position: (sid: string) => number | undefined;
  readonly #dirty = new Set<Conversation>();
  #changes = new Map<string, unknown>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #failed: (error: Error) => void;
  #told = false;

  /** @param failed Is told when the storage fails, once until it does not. */
  constructor(
    storage: Storage,
    server: string,
    identity: string,
    position: (sid: string) => number | undefined,
    failed: (error: Error) => void,
  ) {
    this.#storage = storage;
    this.#prefix = `${server}|${encodeURIComponent(identity)}|`;
    this.#position = position;
    this.#failed = failed;
  }

  async recall(): Promise<Recollection> {
    const found: Recollection = { session: undefined, conversations: [], drafts: [] };
    const [sessions, conversations, drafts] = await Promise.all([
      this.#read("session"),
      this.#read("conversation|"),
      this.drafts(),
    ]);
    found.session = sessions[0]?.[1] as KeptSession | undefined;
    found.conversations = conversations.map(([, value]) => value as KeptConversation);
    found.drafts = drafts;
    return found;
  }

  /** What was not sent, by this tab or others, in the order in which it was written. */
  async drafts(): Promise<KeptDraft[]> {
    const found = (await this.#read("draft|")).map(([, value]) => value as KeptDraft);
    return found.sort((a, b) => a.date.localeCompare(b.date));
  }

  /** The newest messages of a conversation, where they are as its position says. */
  async messages(sid: string): Promise<KeptMessages | undefined> {
    const [found] = await this.#read(`messages|${sid}`);
    const kept = found?.[1] as KeptMessages | undefined;
    return kept && kept.at === this.#position(sid) ? kept : undefined;
  }

  session(kept: KeptSession): void {
    this.#put("session", kept);
  }

  /** A conversation, or its messages, changed. */
  changed(conversation: Conversation): void {
    this.#dirty.add(conversation);
    this.#schedule();
  }

  draft(nonce: string, kept: KeptDraft | undefined): void {
    this.#put(`draft|${nonce}`, kept);
    // Whoever wrote it may close the tab at once.
    if (kept) void this.#write();
  }

  /** The history is another one: what was kept of it is void. What was not sent yet stays. */
  async forget(): Promise<void> {
    for (const kind of ["conversation|", "messages|"]) {
      for (const [key] of await this.#read(kind)) this.#changes.set(key, undefined);
    }
    this.#schedule();
  }

  /** Writes what was gathered. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gather(Infinity);
    await this.#write();
  }

  async #write(): Promise<void> {
    const changes = this.#changes;
    this.#changes = new Map();
    if (changes.size === 0) return;
    // Nothing depends on it: what is not kept is read from the server again.
    await this.#attempt(() => inTime(this.#storage.write(changes), 5 * patience), undefined);
  }

  /** Takes up what changed in so many conversations. */
  #gather(most: number): void {
    for (const conversation of this.#dirty) {
      if (most-- <= 0) return;
      this.#dirty.delete(conversation);
      this.#take(conversation);
    }
  }

  #take(conversation: Conversation): void {
    const { sid } = conversation;
    const at = this.#position(sid);
    const joined = conversation.status === "joined" && !conversation._closed && at !== undefined;
    this.#changes.set(`${this.#prefix}conversation|${sid}`, joined ? { state: conversation._state, at } : undefined);
    const kept = joined ? conversation._messages.kept(mostMessages) : undefined;
    if (kept) this.#changes.set(`${this.#prefix}messages|${sid}`, { at, ...kept });
    else if (!joined) this.#changes.set(`${this.#prefix}messages|${sid}`, undefined);
  }

  #put(key: string, value: unknown): void {
    this.#changes.set(this.#prefix + key, value);
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#gather(portion);
      void this.#write();
      if (this.#dirty.size > 0) this.#schedule();
    }, gather);
  }

  async #read(key: string): Promise<[string, unknown][]> {
    return this.#attempt(() => inTime(this.#storage.read(this.#prefix + key), patience), []);
  }

  /** Does something with the storage; where that fails it says so, and goes on with something else. */
  async #attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      const result = await work();
      this.#told = false;
      return result;
    } catch (error) {
      if (!this.#told) this.#failed(error instanceof Error ? error : new Error(String(error)));
      this.#told = true;
      return otherwise;
    }
  }
}

function inTime<T>(work: Promise<T>, patience: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The storage does not answer")), patience);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
