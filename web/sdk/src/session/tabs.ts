import { newNonce } from "../outbox/draft.js";

interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
  request<T>(name: string, options: { signal: AbortSignal }, work: () => Promise<T>): Promise<T>;
}
interface Mark {
  conversation: string;
  index: number;
}
/** A tab is there; one that has just come asks who else is. */
interface Presence {
  tab: string;
  asks: boolean;
}

/** How long what another tab marked as read counts, in milliseconds: by then the server has said so. */
const memory = 5_000;

/**
 * Has the tabs of one user not do the same thing twice, where the browser lets them talk. Each holds a lock for as long
 * as it lives: whoever gets the lock of another knows that it is gone.
 */
export class Tabs {
  readonly id = newNonce();
  readonly #name: string;
  readonly #gone: (tab: string) => Promise<void>;
  readonly #locks: Locks | undefined;
  readonly #channel: BroadcastChannel | undefined;
  readonly #marks = new Map<string, { index: number; until: number }>();
  readonly #watched = new Set<string>();
  readonly #over = new AbortController();

  /** @param gone Is called once for each tab that was watched, when it is gone; for one at a time, over all tabs. */
  constructor(server: string, identity: string, gone: (tab: string) => Promise<void>) {
    this.#name = `parley|${server}|${identity}`;
    this.#gone = gone;
    this.#locks = (globalThis as { navigator?: { locks?: Locks } }).navigator?.locks;
    if (typeof document === "undefined" || typeof BroadcastChannel === "undefined") return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = (event: MessageEvent<Mark | Presence>) => this.#heard(event.data);
    void this.#hold(this.id, () => this.#live());
  }

  /** Does some work while no other tab is at the same. */
  async alone(what: string, work: () => Promise<void>): Promise<void> {
    if (!this.#locks) await work();
    else await this.#locks.request(`${this.#name}|${what}`, work);
  }

  /** Waits for the end of a tab; where tabs do not know of each other it is taken to be gone. */
  watch(tab: string): void {
    if (tab === this.id || this.#watched.has(tab)) return;
    this.#watched.add(tab);
    if (this.#locks && this.#channel) void this.#hold(tab, () => this.#gone(tab));
    else void this.#gone(tab);
  }

  /** Whether the end of a tab is waited for. */
  knows(tab: string): boolean {
    return this.#watched.has(tab);
  }

  /** Whether another tab has just marked that much as read; if not, the others learn that this one does. */
  marks(conversation: string, index: number): boolean {
    const other = this.#marks.get(conversation);
    if (other && other.index >= index && other.until > Date.now()) return true;
    this.#say({ conversation, index });
    return false;
  }

  close(): void {
    this.#over.abort();
    this.#channel?.close();
  }

  /** Does some work with the lock of a tab. */
  async #hold(tab: string, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#over;
    try {
      await this.#locks?.request(`${this.#name}|tab|${tab}`, { signal }, work);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Until this tab is closed. */
  #live(): Promise<void> {
    this.#say({ tab: this.id, asks: true });
    return new Promise((resolve) => this.#over.signal.addEventListener("abort", () => resolve()));
  }

  #say(what: Mark | Presence): void {
    if (!this.#over.signal.aborted) this.#channel?.postMessage(what);
  }

  #heard(said: Mark | Presence): void {
    if ("conversation" in said) {
      this.#marks.set(said.conversation, { index: said.index, until: Date.now() + memory });
      return;
    }
    this.watch(said.tab);
    if (said.asks) this.#say({ tab: this.id, asks: false });
  }
}
