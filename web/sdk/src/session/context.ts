import type { Outbox } from "../outbox/outbox.js";
import type { ClientEvents } from "../model/client-events.js";
import type { Conversation } from "../model/conversation.js";
import type { MediaShelf } from "../model/media.js";
import type { User } from "../model/user.js";
import type { Directory } from "./directory.js";
import type { Method, Params, Result } from "../wire/methods.js";

/** What the objects of one client share. */
export interface Context {
  readonly directory: Directory;
  readonly media: MediaShelf;
  readonly outbox: Outbox;
  /** The identity of the client's user; empty before it is known. */
  readonly identity: string;
  /** Whether the server can be asked now. */
  readonly live: boolean;
  /** The address of REST. */
  readonly rest: string;
  /** The sid of the service. */
  readonly service: string;
  /** Calls the server, again where a refusal may pass. */
  request<M extends Method>(method: M, params: Params<M>, repeats?: boolean): Promise<Result<M>>;
  /** Sends what may get lost. */
  notify(method: string, params: unknown): void;
  /** Has the client emit. */
  emit<E extends keyof ClientEvents>(event: E, ...args: Parameters<ClientEvents[E]>): void;
  /** Subscribes to a user. */
  user(identity: string): Promise<User>;
  unsubscribe(user: User): Promise<void>;
  /** Reads what a cache kept of the messages of a conversation. */
  recall(conversation: Conversation): Promise<void>;
  /** Something of a conversation changed that a cache may keep. */
  changed(conversation: Conversation): void;
  /** Whether another tab of this user has just marked a conversation as read up to that index. */
  marks(conversation: string, index: number): boolean;
}
