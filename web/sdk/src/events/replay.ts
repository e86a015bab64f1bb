import { Emitter, type Listener } from "./emitter.js";

/** What an emitter emits: the name of each event and the listener that it calls. */
export type EventMap = Record<string, Listener>;

type Name<Events> = Extract<keyof Events, string>;

/**
 * An event emitter that remembers the last payload of each event, so that a listener that comes late can have it:
 * `onWithReplay("initialized", ...)` is called whether or not the client is initialized already.
 */
export class ReplayEventEmitter<Events extends { [E in keyof Events]: Listener }> extends Emitter {
  #last: Map<string, unknown[]> | undefined;

  on<E extends Name<Events>>(event: E, listener: Events[E]): this {
    this.attach(event, listener, {});
    return this;
  }

  once<E extends Name<Events>>(event: E, listener: Events[E]): this {
    this.attach(event, listener, { once: true });
    return this;
  }

  off<E extends Name<Events>>(event: E, listener: Events[E]): this {
    this.detach(event, listener);
    return this;
  }

  addListener<E extends Name<Events>>(event: E, listener: Events[E]): this {
    return this.on(event, listener);
  }

  removeListener<E extends Name<Events>>(event: E, listener: Events[E]): this {
    return this.off(event, listener);
  }

  emit<E extends Name<Events>>(event: E, ...args: Parameters<Events[E]>): boolean {
    this.#last ??= new Map();
    this.#last.set(event, args);
    return this.fire(event, args);
  }

  /** Adds a listener and, where the event came before, calls it at once with the last payload. */
  onWithReplay<E extends Name<Events>>(event: E, listener: Events[E]): this {
    const last = this.#last?.get(event);
    if (last) listener(...last);
    return this.on(event, listener);
  }

  addListenerWithReplay<E extends Name<Events>>(event: E, listener: Events[E]): this {
    return this.onWithReplay(event, listener);
  }

  /** Calls the listener once: at once with the last payload, else at the next event. */
  onceWithReplay<E extends Name<Events>>(event: E, listener: Events[E]): this {
    const last = this.#last?.get(event);
    if (!last) return this.once(event, listener);
    listener(...last);
    return this;
  }
}
