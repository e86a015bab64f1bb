import { subprotocol } from "../wire/frame.js";

/** As much of a websocket as the library uses: browsers', Node's, React Native's and that of package `ws` have it. */
export interface WebSocketLike {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

/** A constructor of websockets, for `options.WebSocket`. */
export type WebSocketConstructor = new (url: string, protocols?: string | string[]) => WebSocketLike;

/** What becomes of a socket. */
export interface SocketListener {
  opened(): void;
  received(frame: string): void;
  /** Called once, at the end; nothing follows it. */
  closed(code: number, reason: string): void;
}

/** A websocket as its owner sees it. */
export interface Socket {
  send(frame: string): void;
  close(code?: number): void;
}

/** The close code of a connection that ended without one. */
export const lost = 1006;

/** Opens a websocket. Failing to is a close, too. */
export function openSocket(maker: WebSocketConstructor, url: string, listener: SocketListener): Socket {
  let over = false;
  const end = (code: number, reason: string): void => {
    if (over) return;
    over = true;
    listener.closed(code, reason);
  };
  const ws = new maker(url, subprotocol);
  ws.onopen = () => {
    if (!over) listener.opened();
  };
  ws.onmessage = (event: { data: unknown }) => {
    if (!over && typeof event.data === "string") listener.received(event.data);
  };
  ws.onclose = (event: { code?: number; reason?: string }) => end(event.code ?? lost, event.reason ?? "");
  ws.onerror = () => {
    // A close follows; and where an implementation forgets it, the watchdog or the time limit of opening ends it.
  };
  return {
    send: (frame) => ws.send(frame),
    close: (code) => {
      // The other side may never answer the close: to its owner the socket ends now.
      end(lost, "");
      try {
        ws.close(code);
      } catch {
        ws.close();
      }
    },
  };
}

/** The global WebSocket, unless another was given. */
export function findWebSocket(given: WebSocketConstructor | undefined): WebSocketConstructor {
  const maker = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (!maker) {
    throw new Error("There is no WebSocket here: pass one as options.WebSocket, such as that of the package ws");
  }
  return maker;
}

/** Stands in for a socket that was let go of. */
export const gone: Socket = { send: () => {}, close: () => {} };
