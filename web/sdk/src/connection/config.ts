import type { Notice } from "../wire/frame.js";
import type { ConnectParams } from "../wire/methods.js";
import type { Connected } from "../wire/objects.js";
import type { Backoff } from "./backoff.js";
import type { Phase } from "./phase.js";
import type { WebSocketConstructor } from "./socket.js";

/** What a connection is made with. */
export interface ConnectionConfig {
  url: string;
  WebSocket: WebSocketConstructor;
  token: string;
  tokenProvider?: (() => Promise<string> | string) | undefined;
  backoff: Backoff;
  /** How long one attempt may take, in milliseconds. */
  openWait: number;
  /** How long a call waits for a connection, in milliseconds. */
  patience: number;
}

/** Who a connection works for. */
export interface ConnectionOwner {
  /** What goes into `connect` besides the token. */
  hello(): Omit<ConnectParams, "token">;
  greeted(session: Connected): void;
  heard(notice: Notice): void;
  entered(phase: Phase): void;
  /** The token is about to expire, and no provider will have another. */
  expiring(): void;
  expired(): void;
}
