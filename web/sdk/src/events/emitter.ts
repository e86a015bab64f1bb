// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a listener of whatever event
export type Listener = (...args: any[]) => void;

interface Entry {
  listener: Listener;
  once: boolean;
}

/**
 * An event emitter with the methods of Node's, for browsers too. A listener that throws does not keep the others, or
 * the library, from going on: its error is reported like any that nobody caught. Nothing is allocated before the first
 * listener, for there is one emitter per message.
 */
export class Emitter {
  #entries: Map<string | symbol, Entry[]> | undefined;
  #most = 10;

  /** @internal */
  protected attach(event: string | symbol, listener: Listener, how: { once?: boolean; first?: boolean }): void {
    if (typeof listener !== "function") throw new TypeError('The "listener" argument must be a function');
    this.#entries ??= new Map();
    const entry = { listener, once: how.once ?? false };
    const before = this.#entries.get(event) ?? [];
    this.#entries.set(event, how.first ? [entry, ...before] : [...before, entry]);
  }

  /** @internal */
  protected detach(event: string | symbol, listener: Listener): void {
    const before = this.#entries?.get(event);
    const at = before?.map((entry) => entry.listener).lastIndexOf(listener) ?? -1;
    if (!before || at < 0) return;
    const left = before.filter((_, i) => i !== at);
    if (left.length > 0) this.#entries?.set(event, left);
    else this.#entries?.delete(event);
  }

  /** @internal */
  protected fire(event: string | symbol, args: unknown[]): boolean {
    const entries = this.#entries?.get(event);
    if (!entries) return false;
    for (const entry of entries) {
      if (entry.once) {
        const now = this.#entries?.get(event)?.filter((other) => other !== entry) ?? [];
        if (now.length > 0) this.#entries?.set(event, now);
        else this.#entries?.delete(event);
      }
      try {
        entry.listener.apply(this, args);
      } catch (error) {
        report(error);
      }
    }
    return true;
  }

  removeAllListeners(event?: string | symbol): this {
    if (event === undefined) this.#entries = undefined;
    else this.#entries?.delete(event);
    return this;
  }

  /** Kept for those who call it; nothing is warned of. */
  setMaxListeners(n: number): this {
    this.#most = n;
    return this;
  }

  getMaxListeners(): number {
    return this.#most;
  }

  listeners(event: string | symbol): Listener[] {
    return (this.#entries?.get(event) ?? []).map((entry) => entry.listener);
  }

  rawListeners(event: string | symbol): Listener[] {
    return this.listeners(event);
  }

  listenerCount(event: string | symbol, listener?: Listener): number {
    const all = this.listeners(event);
    return listener ? all.filter((one) => one === listener).length : all.length;
  }

  eventNames(): (string | symbol)[] {
    return [...(this.#entries?.keys() ?? [])];
  }

  prependListener(event: string | symbol, listener: Listener): this {
    this.attach(event, listener, { first: true });
    return this;
  }

  prependOnceListener(event: string | symbol, listener: Listener): this {
    this.attach(event, listener, { first: true, once: true });
    return this;
  }
}

/** Has an error of the application's own code reported as uncaught, without stopping who found it. */
export function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
