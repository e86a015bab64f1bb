// A client that does many things at once, to fill a server before a test begins.
import { WebSocket } from "ws";

type Answer = { id: number; result?: Record<string, unknown>; error?: { message: string } };

export class Wire {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<
    number,
    { resolve: (result: Record<string, unknown>) => void; reject: (e: Error) => void }
  >();
  #last = 0;

  private constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace("http", "ws")}/v1/ws`, "parley.v1.json");
    this.#socket.on("message", (data: Buffer) => {
      const given = JSON.parse(data.toString()) as Answer | Answer[];
      for (const answer of [given].flat()) this.#answered(answer);
    });
  }

  static async open(url: string, identity: string): Promise<Wire> {
    const token = (await (await fetch(`${url}/dev/token?identity=${identity}`)).text()).trim();
    const wire = new Wire(url);
    await new Promise((resolve, reject) => wire.#socket.once("open", resolve).once("error", reject));
    await wire.call("connect", { token, conversations: 0 });
    return wire;
  }

  call(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  /** Makes a conversation with that name and those people, and gives its sid. */
  async converse(name: string, people: readonly string[] = []): Promise<string> {
    const { sid } = await this.call("conversation.create", { friendly_name: name });
    await this.call("conversation.join", { conversation: sid });
    for (const identity of people) await this.call("participant.add", { conversation: sid, identity });
    return sid as string;
  }

  /** Sends all of these, in order. */
  async say(conversation: string, bodies: readonly string[]): Promise<void> {
    await Promise.all(
      bodies.map((body) => this.call("message.send", { conversation, body, nonce: `n${++this.#last}` })),
    );
  }

  close(): void {
    this.#socket.terminate();
  }

  #answered({ id, result, error }: Answer): void {
    const one = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) one?.reject(new Error(error.message));
    else one?.resolve(result ?? {});
  }
}
