import type { WebSocketConstructor } from "../../src/connection/socket.js";
import type { Connected } from "../../src/wire/objects.js";

export interface Request {
  id?: number;
  method: string;
  params: Record<string, unknown>;
}

/** One websocket of a client, seen from the other side. Nothing happens in it that the test does not do. */
export class FakeSocket {
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  /** Requests that came and were not taken yet. */
  readonly requests: Request[] = [];
  readonly frames: string[] = [];
  closedWith: number | undefined;

  constructor(readonly url: string) {}

  send(frame: string): void {
    if (this.readyState !== 1) throw new Error("the socket is not open");
    this.frames.push(frame);
    const value = JSON.parse(frame) as Request | Request[];
    this.requests.push(...(Array.isArray(value) ? value : [value]));
  }

  close(code = 1000): void {
    this.closedWith = code;
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  say(...messages: object[]): void {
    for (const message of messages) this.raw(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  raw(data: string): void {
    this.onmessage?.({ data } as never);
  }

  event(method: string, params: object): void {
    this.say({ method, params });
  }

  end(code = 1006, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason } as never);
  }

  /** The next request, which must be of that method. */
  take(method: string): Request {
    const request = this.requests.shift();
    if (request?.method !== method) throw new Error(`expected ${method}, the client sent ${JSON.stringify(request)}`);
    return request;
  }

  answer(request: Request, result: unknown): void {
    this.say({ id: request.id, result });
  }

  refuse(request: Request, code: number, data: object): void {
    this.say({ id: request.id, error: { code, message: "no", data } });
  }

  /** Opens and answers connect. */
  greet(session: Partial<Connected> = {}): Request {
    this.open();
    const request = this.take("connect");
    this.answer(request, greeting(session));
    return request;
  }
}

export function greeting(session: Partial<Connected> = {}): Connected {
  return {
    session: "s1",
    epoch: "e1",
    user: { sid: "US1", identity: "ann", friendly_name: null, attributes: {} },
    service_sid: "IS1",
    hub: "hub-1",
    expires_at: "2030-01-01T00:00:00.000Z",
    heartbeat: 25,
    replaying: [],
    limits: {
      frame_bytes: 262144,
      server_frame_bytes: 1048576,
      body_bytes: 32768,
      conversation_attributes_bytes: 16384,
      attributes_bytes: 4096,
    },
    conversations: [],
    next_page_token: null,
    ...session,
  };
}

/** A network on which every websocket leads to the test. */
export class FakeNet {
  readonly sockets: FakeSocket[] = [];
  readonly WebSocket: WebSocketConstructor;

  constructor() {
    const { sockets } = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    } as unknown as WebSocketConstructor;
  }

  /** The newest socket. */
  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("the client opened no socket");
    return socket;
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
