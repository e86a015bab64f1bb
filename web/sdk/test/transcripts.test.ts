import { describe, expect, test } from "vitest";
import { defaultBackoff } from "../src/connection/backoff.js";
import type { ParleyError } from "../src/errors.js";
import { Stream } from "../src/session/stream.js";
import type { ServerEvent } from "../src/wire/events.js";
import { isObject } from "../src/wire/frame.js";
import type { Method } from "../src/wire/methods.js";
import { FakeNet, type FakeSocket, greeting, type Request, settle } from "./support/fake.js";
import { fill, type Step, transcripts } from "./support/transcript.js";

/**
 * The requests of a line that this client would make. In some transcripts one sends what it never does: frames that are
 * no JSON-RPC, ids that are texts or missing, `connect` twice or late. What the server says to that is heard all the same.
 */
function ours(text: string, connected: boolean): Request[] {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return [];
  }
  const requests = [line].flat() as (Request & { jsonrpc?: string })[];
  const possible = requests.filter(({ jsonrpc, id, method }) => {
    return jsonrpc === "2.0" && (typeof id === "number" || method === "typing");
  });
  const first = connected ? -1 : possible.findIndex(({ method }) => method === "connect");
  if (!connected && first < 0) return [];
  return possible.filter(({ method }, i) => (method === "connect") === (i === first));
}

/** What one client of a transcript did and saw. */
class Player {
  readonly net = new FakeNet();
  readonly events: ServerEvent[] = [];
  readonly answers = new Map<unknown, Promise<unknown>>();
  readonly ids = new Map<unknown, number>();
  /** Made, and not seen on the network yet. */
  readonly unwritten: Request[] = [];
  stream: Stream | undefined;
  expired = 0;
  expiring = 0;

  get socket(): FakeSocket {
    return this.net.last;
  }

  get live(): boolean {
    return this.stream?.connection.phase.name === "live";
  }

  /** Has the library make the request of a line, and sees that it writes it so. */
  async act(request: Request): Promise<void> {
    if (request.method === "connect") return this.connect(request);
    const { connection } = this.stream!;
    if (request.method === "token.update") {
      this.answers.set(request.id, connection.updateToken(request.params.token as string));
    } else if (request.id === undefined) {
      connection.calls.notify(request.method, request.params);
    } else {
      this.answers.set(request.id, connection.request(request.method as Method, request.params as never));
    }
    this.answers.get(request.id)?.catch(() => {});
    this.unwritten.push(request);
    await this.write();
  }

  /** Sees that what was made is written so, where there is a connection. */
  async write(): Promise<void> {
    await settle();
    for (const sent of this.socket.requests.splice(0)) {
      const { id, method, params } = this.unwritten.shift()!;
      expect({ method: sent.method, params: sent.params }).toEqual({ method, params });
      if (id !== undefined) this.ids.set(id, sent.id!);
    }
  }

  async connect(request: Request): Promise<void> {
    const { token, epoch, resume, conversations } = request.params as never as {
      token: string;
      epoch?: string;
      resume?: Record<string, number>;
      conversations: number;
    };
    const before = this.stream?.positions;
    this.stream = new Stream(
      {
        url: "ws://parley/v1/ws",
        WebSocket: this.net.WebSocket,
        token,
        backoff: defaultBackoff,
        openWait: 20_000,
        patience: 30_000,
      },
      {
        entered: () => {},
        greeted: () => {},
        applied: (event) => this.events.push(event),
        expiring: () => this.expiring++,
        expired: () => this.expired++,
      },
      conversations,
    );
    if (resume) {
      // A position that the library had come to by itself is the one that the transcript shows, unless it lies on purpose.
      const lies = epoch !== before?.epoch || Object.values(resume).some((at) => at === 99 || at <= 2);
      if (!lies) expect(before!.resume()).toEqual({ epoch, resume });
      this.stream.positions.restore(epoch!, Object.entries(resume));
    }
    this.stream.connection.start();
    this.socket.open();
    const sent = this.socket.take("connect");
    expect(sent.params).toMatchObject(resume ? { token, resume } : { token });
    this.ids.set(request.id, sent.id!);
  }

  /** Plays what the server says. */
  async hear(text: string): Promise<void> {
    if (!this.stream) return; // an answer to what came before connect
    const { live } = this;
    const message = JSON.parse(fill(text)) as { id?: unknown; method?: string; params?: object; result?: unknown };
    if (message.method) {
      this.socket.event(message.method, message.params ?? {});
    } else if (typeof message.id !== "string") {
      const connects = isObject(message.result) && "epoch" in message.result;
      const result = connects ? greeting(message.result as object) : message.result;
      const id = message.id === null ? null : (this.ids.get(message.id) ?? 1_000 + Number(message.id));
      this.socket.say({ ...message, id, ...(result === undefined ? {} : { result }) });
    }
    await this.write();
    expect(this.live || !live).toBe(true); // nothing that it says ends a connection
  }
}

describe("transcripts", () => {
  const all = transcripts();
  test("are there", () => expect(all.length).toBeGreaterThan(30));
  test.each(all)("$name", async ({ steps }) => {
    const players = new Map<number, Player>();
    const player = (step: Step): Player => {
      const found = players.get(step.peer) ?? new Player();
      players.set(step.peer, found);
      return found;
    };
    const said = new Map<number, string[]>();
    for (const step of steps) {
      const one = player(step);
      if (step.from === "client") {
        if (step.close) one.stream!.connection.stop();
        else await Promise.all(ours(fill(step.text), one.live).map((request) => one.act(request)));
      } else if (step.close) {
        one.socket.end(step.code);
        expect(one.stream!.connection.phase.name).toBe(
          { 1013: "waiting", 4401: "refused", 4409: "closed" }[step.code!],
        );
        one.stream!.connection.stop();
      } else {
        await one.hear(step.text);
        said.set(step.peer, [...(said.get(step.peer) ?? []), fill(step.text)]);
      }
    }
    for (const [peer, one] of players) {
      await check(one, said.get(peer) ?? []);
      one.stream!.connection.stop();
    }
  });
});

/** Sees that everything that the server said has reached the application's side, in order. */
async function check(one: Player, said: string[]): Promise<void> {
  expect(one.unwritten).toEqual([]);
  const lines = said.map((text) => JSON.parse(text) as { id?: unknown; method?: string; params?: object });
  const signals = new Set(["tokenAboutToExpire", "serverDraining"]);
  const events = lines.filter((line) => line.method && !signals.has(line.method));
  expect(one.events.map(({ method, params }) => ({ method, params }))).toEqual(
    events.map(({ method, params }) => ({ method, params })),
  );
  expect(one.expiring).toBe(lines.filter((line) => line.method === "tokenAboutToExpire").length);
  for (const line of lines as { id?: unknown; result?: unknown; error?: { code: number; data: object } }[]) {
    const answer = one.answers.get(line.id);
    if (!answer) continue;
    if (line.error) {
      const error = (await answer.catch((e: unknown) => e)) as ParleyError;
      expect(error.code).toBe(line.error.code);
      expect(error).toMatchObject({ definite: (line.error.data as { definite: boolean }).definite });
    } else if (!isObject(line.result) || !("expires_at" in line.result)) {
      expect(await answer).toEqual(line.result);
    }
  }
}
