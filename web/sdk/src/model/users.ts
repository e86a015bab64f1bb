import type { Context } from "../session/context.js";
import type { WireUser } from "../wire/objects.js";
import { User } from "./user.js";

/** So many subscriptions the server keeps for a session; the oldest makes room for another. */
const mostSubscribed = 100;

/** The users that the client knows, one object each. */
export class Users {
  readonly myself: User;
  readonly #context: Context;
  readonly #subscribed = new Map<string, User>();
  readonly #asked = new Map<string, Promise<User>>();

  constructor(context: Context) {
    this.#context = context;
    this.myself = new User(context, { sid: "", identity: "" });
  }

  /** The subscription to a user, begun where there is none yet. */
  async get(identity: string): Promise<User> {
    if (identity === this.myself.identity) return this.myself;
    const known = this.#subscribed.get(identity);
    if (known) return known;
    const asked = this.#asked.get(identity) ?? this.#ask(identity);
    this.#asked.set(identity, asked);
    try {
      return await asked;
    } finally {
      this.#asked.delete(identity);
    }
  }

  async #ask(identity: string): Promise<User> {
    const state = await this.#context.request("user.subscribe", { identity });
    const user = new User(this.#context, state);
    this.#subscribed.set(identity, user);
    const [oldest] = this.#subscribed.values();
    if (this.#subscribed.size > mostSubscribed && oldest) {
      this.#subscribed.delete(oldest.identity);
      oldest._subscribe(false);
    }
    user._subscribe(true);
    return user;
  }

  async drop(user: User): Promise<void> {
    if (!this.#subscribed.delete(user.identity)) return;
    user._subscribe(false);
    await this.#context.request("user.unsubscribe", { identity: user.identity });
  }

  all(): User[] {
    return [this.myself, ...this.#subscribed.values()];
  }

  apply(state: WireUser): void {
    const user = state.identity === this.myself.identity ? this.myself : this.#subscribed.get(state.identity);
    // An event leaves out what is null.
    user?._set({ friendly_name: null, attributes: {}, is_online: null, is_notifiable: null, ...state });
  }

  /** Begins the subscriptions again: they end with their session. */
  renew(): void {
    for (const user of this.#subscribed.values()) {
      this.#context.request("user.subscribe", { identity: user.identity }).then(
        (state) => user._set(state),
        () => {}, // with the next connection, then
      );
    }
  }
}
