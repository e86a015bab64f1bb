interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}
interface Mark {
  conversation: string;
  index: number;
}

/** How long what another tab marked as read counts, in milliseconds: by then the server has said so. */
const memory = 5_000;

/** Has the tabs of one user not do the same thing twice, where the browser lets them talk. */
export class Tabs {
  readonly #name: string;
  readonly #locks: Locks | undefined;
  readonly #channel: BroadcastChannel | undefined;
  readonly #marks = new Map<string, { index: number; until: number }>();

  constructor(server: string, identity: string) {
    this.#name = `parley|${server}|${identity}`;
    this.#locks = (globalThis as { navigator?: { locks?: Locks } }).navigator?.locks;
    if (typeof document === "undefined" || typeof BroadcastChannel === "undefined") return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = (event: MessageEvent<Mark>) => this.#marked(event.data);
  }

  /** Does some work while no other tab is at the same. */
  async alone(what: string, work: () => Promise<void>): Promise<void> {
    if (!this.#locks) await work();
    else await this.#locks.request(`${this.#name}|${what}`, work);
  }

  /** Whether another tab has just marked that much as read; if not, the others learn that this one does. */
  marks(conversation: string, index: number): boolean {
    const other = this.#marks.get(conversation);
    if (other && other.index >= index && other.until > Date.now()) return true;
    this.#channel?.postMessage({ conversation, index } satisfies Mark);
    return false;
  }

  close(): void {
    this.#channel?.close();
  }

  #marked({ conversation, index }: Mark): void {
    this.#marks.set(conversation, { index, until: Date.now() + memory });
  }
}
