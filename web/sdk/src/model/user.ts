import { ReplayEventEmitter } from "../events/replay.js";
import { copyJSON, type JSONValue, sameJSON } from "../json.js";
import type { Context } from "../session/context.js";
import { check, json, string } from "../validate.js";
import type { WireUser } from "../wire/objects.js";

export type UserUpdateReason = "friendlyName" | "attributes" | "reachabilityOnline" | "reachabilityNotifiable";
export interface UserUpdatedEventArgs {
  user: User;
  updateReasons: UserUpdateReason[];
}
export type UserEvents = {
  updated: (data: { user: User; updateReasons: UserUpdateReason[] }) => void;
  userSubscribed: (user: User) => void;
  userUnsubscribed: (user: User) => void;
};

/** Somebody who uses the service. What one subscribed to is kept up to date. */
export class User extends ReplayEventEmitter<UserEvents> {
  readonly updated = "updated";
  readonly userSubscribed = "userSubscribed";
  readonly userUnsubscribed = "userUnsubscribed";
  readonly #context: Context;
  #state: WireUser;
  #subscribed = false;

  /** @internal */
  constructor(context: Context, state: WireUser) {
    super();
    this.#context = context;
    this.#state = state;
  }

  get identity(): string {
    return this.#state.identity;
  }

  /** The identity of a user never changes: setting it does nothing. */
  set identity(_identity: string) {}

  /** Taken for the sake of applications that set it. */
  set entityName(_name: string) {}

  get attributes(): JSONValue {
    return copyJSON(this.#state.attributes ?? {});
  }

  get friendlyName(): string | null {
    return this.#state.friendly_name ?? null;
  }

  /** Null where the service keeps no reachability. */
  get isOnline(): boolean | null {
    return this.#state.is_online ?? null;
  }

  /** Null where the service keeps no reachability. */
  get isNotifiable(): boolean | null {
    return this.#state.is_notifiable ?? null;
  }

  get isSubscribed(): boolean {
    return this.#subscribed;
  }

  /** The role of the user in the service. */
  get roleSid(): string | null {
    return this.#state.role_sid ?? null;
  }

  /** Replaces the attributes. */
  async updateAttributes(attributes: JSONValue): Promise<User> {
    check("updateAttributes", "attributes", attributes, json);
    this._set(await this.#context.request("user.update", { identity: this.identity, attributes }));
    return this;
  }

  async updateFriendlyName(friendlyName: string): Promise<User> {
    check("updateFriendlyName", "friendlyName", friendlyName, string);
    if (friendlyName === this.friendlyName) return this;
    this._set(await this.#context.request("user.update", { identity: this.identity, friendly_name: friendlyName }));
    return this;
  }

  /** Ends the subscription; to one's own user there always is one. */
  async unsubscribe(): Promise<void> {
    await this.#context.unsubscribe(this);
  }

  /** @internal Takes a newer state, and tells what is different. */
  _set(state: WireUser, all = false): void {
    const before = this.#state;
    const reasons: UserUpdateReason[] = [];
    this.#state = { ...before, ...state };
    const after = this.#state;
    if (all || (before.friendly_name ?? null) !== (after.friendly_name ?? null)) reasons.push("friendlyName");
    if (all || !sameJSON(before.attributes ?? {}, after.attributes ?? {})) reasons.push("attributes");
    if (all || (before.is_online ?? null) !== (after.is_online ?? null)) reasons.push("reachabilityOnline");
    if (all || (before.is_notifiable ?? null) !== (after.is_notifiable ?? null)) reasons.push("reachabilityNotifiable");
    if (reasons.length === 0) return;
    this.emit("updated", { user: this, updateReasons: reasons });
    this.#context.emit("userUpdated", { user: this, updateReasons: reasons });
  }

  /** @internal */
  _subscribe(subscribed: boolean): void {
    if (this.#subscribed === subscribed) return;
    this.#subscribed = subscribed;
    const event = subscribed ? "userSubscribed" : "userUnsubscribed";
    this.emit(event, this);
    this.#context.emit(event, this);
  }

  /** @internal */
  get _state(): WireUser {
    return this.#state;
  }
}
