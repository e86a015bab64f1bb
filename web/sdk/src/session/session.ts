import { addressesAt, findServer, type Addresses } from "../connection/address.js";
import type { Phase } from "../connection/phase.js";
import { findWebSocket } from "../connection/socket.js";
import { passes, shutDown } from "../errors.js";
import type { ClientEvents } from "../model/client-events.js";
import type { Conversation } from "../model/conversation.js";
import { MediaShelf } from "../model/media.js";
import type { User } from "../model/user.js";
import { Users } from "../model/users.js";
import { Outbox } from "../outbox/outbox.js";
import { Cache } from "../storage/cache.js";
import type { ServerEvent } from "../wire/events.js";
import type { Method, Params, Result } from "../wire/methods.js";
import type { Connected } from "../wire/objects.js";
import { Applier } from "./apply.js";
import type { Context } from "./context.js";
import { Deferred } from "./deferred.js";
import { Directory } from "./directory.js";
import { backoffOf, type ClientOptions, identityOf, storageOf } from "./options.js";
import { Stream, type StreamOwner } from "./stream.js";
import { Tabs } from "./tabs.js";

/** So often a call is made that is refused for a reason that may pass. */
const attempts = 4;

/** What a session tells its client. */
export interface SessionOwner {
  emit: Context["emit"];
  entered(phase: Phase): void;
  /** The user is known. */
  initialized(): void;
}

/** All that the objects of one client share: the stream of events, what is known by them, and what is to be sent. */
export class Session implements Context, StreamOwner {
  readonly stream: Stream;
  readonly users: Users;
  readonly directory: Directory;
  readonly outbox: Outbox;
  readonly media: MediaShelf;
  readonly tabs: Tabs;
  /** Every conversation of the user is known. */
  readonly listed = new Deferred<void>();
  service = "";
  readonly #owner: SessionOwner;
  readonly #addresses: Addresses;
  readonly #applier: Applier;
  readonly #cache: Cache | undefined;
  #known = false;
  #recalling = false;
  #online = new Deferred<void>();

  constructor(token: string, options: ClientOptions, defaultUrl: string | undefined, owner: SessionOwner) {
    this.#owner = owner;
    this.#addresses = addressesAt(findServer(options.url, defaultUrl));
    this.users = new Users(this);
    this.directory = new Directory(this);
    this.media = new MediaShelf(this);
    this.#applier = new Applier(this, this.directory);
    const identity = identityOf(token);
    this.tabs = new Tabs(this.#addresses.rest, identity ?? "", (tab) => this.#inherit(tab));
    const backoff = backoffOf(options);
    this.stream = new Stream(
      {
        url: this.#addresses.socket,
        WebSocket: findWebSocket(options.WebSocket),
        token,
        tokenProvider: options.tokenProvider,
        backoff,
        openWait: 20_000,
        patience: options.requestTimeout ?? 30_000,
      },
      this,
    );
    const failed = (error: Error): void => this.emit("storageFailed", error);
    const position = (sid: string): number | undefined => this.stream.positions.of(sid);
    this.#cache = identity
      ? new Cache(storageOf(options), this.#addresses.rest, identity, position, failed)
      : undefined;
    this.outbox = new Outbox(this, {
      backoff,
      connected: () => this.#online.promise,
      target: () => ({ rest: this.rest, service: this.service, token: this.stream.connection.tokens.current }),
      keep: (draft) => this.#cache?.draft(draft.nonce, { ...draft, tab: this.tabs.id }),
      forget: (nonce) => this.#cache?.draft(nonce, undefined),
      alone: (nonce, work) => this.tabs.alone(nonce, work),
    });
  }

  get identity(): string {
    return this.users.myself.identity;
  }

  get rest(): string {
    return this.#addresses.rest;
  }

  get live(): boolean {
    return this.stream.connection.phase.name === "live";
  }

  /** Shows what was known before, and connects. */
  async start(): Promise<void> {
    await this.#remember();
    if (this.stream.connection.phase.name === "idle") this.stream.connection.start();
  }

  async #remember(): Promise<void> {
    const found = await this.#cache?.recall();
    if (!found || this.stream.connection.phase.name !== "idle") return;
    if (found.session) {
      const { epoch, service, user } = found.session;
      this.service = service;
      this.#introduce(user);
      this.stream.positions.restore(
        epoch,
        found.conversations.map(({ state, at }) => [state.sid, at]),
      );
      this.#recalling = true; // what comes from the cache need not go there again
      for (const { state } of found.conversations) this.#applier.whole(state);
      this.#recalling = false;
    }
    for (const { tab } of found.drafts) this.tabs.watch(tab ?? "");
  }

  /** Takes over what a tab that is gone did not get to send. */
  async #inherit(tab: string): Promise<void> {
    for (const kept of (await this.#cache?.drafts()) ?? []) {
      const conversation = this.directory.get(kept.conversation);
      if (conversation && (kept.tab ?? "") === tab) this.outbox.adopt(conversation, kept);
      else if (!conversation && this.listed.settled) this.#cache?.draft(kept.nonce, undefined);
    }
    await this.#cache?.flush();
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    this.outbox.end();
    this.stream.connection.stop();
    await this.#cache?.flush();
    this.tabs.close();
  }

  async request<M extends Method>(method: M, params: Params<M>, repeats?: boolean): Promise<Result<M>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.stream.connection.request(method, params, repeats);
      } catch (error) {
        // Messages have their own way of trying again.
        if (method === "message.send" || attempt === attempts || !passes(error) || !error.definite) throw error;
        await new Promise((resolve) => setTimeout(resolve, (error.retryAfter ?? attempt) * 1000));
      }
    }
  }

  notify(method: string, params: unknown): void {
    this.stream.connection.calls.notify(method, params);
  }

  emit<E extends keyof ClientEvents>(event: E, ...args: Parameters<ClientEvents[E]>): void {
    this.#owner.emit(event, ...args);
  }

  user(identity: string): Promise<User> {
    return this.users.get(identity);
  }

  unsubscribe(user: User): Promise<void> {
    return this.users.drop(user);
  }

  marks(conversation: string, index: number): boolean {
    return this.tabs.marks(conversation, index);
  }

  changed(conversation: Conversation): void {
    if (!this.#recalling) this.#cache?.changed(conversation);
  }

  async recall(conversation: Conversation): Promise<void> {
    const kept = await this.#cache?.messages(conversation.sid);
    if (kept) conversation._messages.restore(kept);
  }

  entered(phase: Phase): void {
    if (phase.name !== "live" && this.#online.settled) this.#online = new Deferred();
    if (phase.name === "closed") {
      this.#online.reject(phase.error ?? shutDown());
      this.listed.reject(phase.error ?? shutDown());
    }
    this.#owner.entered(phase);
  }

  greeted(session: Connected, afresh: boolean): void {
    const again = this.#known;
    this.service = session.service_sid;
    this.#introduce(session.user);
    if (afresh) void this.#cache?.forget();
    this.#cache?.session({ epoch: session.epoch, service: session.service_sid, user: session.user });
    for (const state of session.conversations) this.#applier.whole(state);
    if (again) this.users.renew();
    this.#online.resolve();
    void this.#readOn(session.next_page_token, this.stream.resumes);
  }

  /** The user is known: from here on the client can be used. */
  #introduce(user: Connected["user"]): void {
    this.users.myself._set(user, !this.#known);
    if (this.#known) return;
    this.#known = true;
    this.users.myself._subscribe(true);
    this.#owner.initialized();
  }

  /** Reads the rest of a long list. Where a resume goes on, its end says that all is known. */
  async #readOn(token: string | null, resumes: boolean): Promise<void> {
    try {
      while (token !== null) {
        const page: Result<"conversation.list"> = await this.request("conversation.list", {
          page_size: 100,
          page_token: token,
        });
        for (const state of page.conversations) {
          this.stream.positions.list(state.sid, state.revision);
          this.#applier.whole(state);
        }
        token = page.next_page_token;
      }
    } catch {
      return; // with the next connection, then
    }
    if (!resumes) this.#complete();
  }

  #complete(): void {
    this.listed.resolve();
    this.emit("synchronized");
  }

  applied(event: ServerEvent): void {
    if (event.method === "userUpdated") this.users.apply(event.params.user);
    else if (event.method === "resumed") this.#complete();
    else this.#applier.apply(event);
  }

  expiring(): void {
    this.emit("tokenAboutToExpire");
  }

  expired(): void {
    this.emit("tokenExpired");
  }
}
