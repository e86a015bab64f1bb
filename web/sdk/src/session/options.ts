import { type Backoff, defaultBackoff } from "../connection/backoff.js";
import type { WebSocketConstructor } from "../connection/socket.js";
import { IndexedDBStorage } from "../storage/indexeddb.js";
import { MemoryStorage, type Storage } from "../storage/storage.js";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

/** What a client can be told. Everything may be left out. */
export interface ClientOptions {
  /** The server, such as https://chat.example.com; else Client.defaultUrl, globalThis.PARLEY_URL, the page's origin. */
  url?: string;
  /** Gives a fresh token when the one in use is about to expire, or was refused. */
  tokenProvider?: () => Promise<string> | string;
  /** The implementation of websockets, where there is no global one: that of the package `ws` in Node 20. */
  WebSocket?: WebSocketConstructor;
  /** Where to keep what is known between starts: by default IndexedDB in browsers, and memory elsewhere. */
  storage?: Storage | "memory";
  /** How long to wait before connecting again. */
  backoff?: Partial<Backoff>;
  /** How long a call waits for a connection before it fails, in milliseconds; 30,000. Messages wait for as long as it takes. */
  requestTimeout?: number;

  // What Twilio's client takes. It is accepted, so that applications need not be changed, and does nothing.
  logLevel?: LogLevel;
  region?: string;
  productId?: string;
  channelMetadataCacheCapacity?: number;
  messageRecipientsCacheCapacity?: number;
  twilsockClient?: unknown;
  transport?: unknown;
  notificationsClient?: unknown;
  syncClient?: unknown;
  typingIndicatorTimeoutOverride?: number;
  consumptionReportIntervalOverride?: string;
  httpCacheIntervalOverride?: string;
  userInfosToSubscribeOverride?: number;
  retryWhenThrottledOverride?: boolean;
  backoffConfigOverride?: Record<string, unknown>;
  Chat?: ClientOptions;
  IPMessaging?: ClientOptions;
  Sync?: Record<string, unknown>;
  Notification?: Record<string, unknown>;
  Twilsock?: Record<string, unknown>;
  clientMetadata?: Record<string, unknown>;
  initRegistrations?: unknown[];
  disableDeepClone?: boolean;
  typingUri?: string;
  apiUri?: string;
  throwErrorsAlways?: boolean;
}

export function storageOf(options: ClientOptions): Storage {
  if (options.storage !== undefined && options.storage !== "memory") return options.storage;
  const browser = typeof document !== "undefined" && typeof indexedDB !== "undefined";
  return browser && options.storage === undefined ? new IndexedDBStorage() : new MemoryStorage();
}

export function backoffOf(options: ClientOptions): Backoff {
  return { ...defaultBackoff, ...options.backoff };
}

/** The identity that a token is for, as its text says; undefined where that cannot be read. */
export function identityOf(token: string): string | undefined {
  try {
    const payload = token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    // React Native has no TextDecoder.
    const bytes = Array.from(atob(payload), (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
    const claims = JSON.parse(decodeURIComponent(bytes.join(""))) as { grants?: { identity?: unknown } };
    const identity = claims.grants?.identity;
    return typeof identity === "string" && identity !== "" ? identity : undefined;
  } catch {
    return undefined;
  }
}
