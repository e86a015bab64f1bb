// Runs the server of this checkout for tests, on a free port and a store of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { Client, type ClientOptions } from "../../src/index.js";
import type { WebSocketConstructor } from "../../src/connection/socket.js";

export class Server {
  url = "";
  readonly #folder = mkdtempSync(join(tmpdir(), "parley-data-"));
  #process: ChildProcess | undefined;
  readonly #clients: Client[] = [];

  /** The server of this checkout, which test/support/build.ts builds before the first test. */
  readonly binary = process.env.PARLEY_BINARY!;

  async start(...flags: string[]): Promise<void> {
    const ready = join(this.#folder, `ready-${randomUUID()}`);
    const listen = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const store = `sqlite:${join(this.#folder, "parley.db")}`;
    const args = ["dev", `--listen=${listen}`, "--admin=", `--store=${store}`, `--ready-file=${ready}`, ...flags];
    let said = "";
    const child = spawn(this.binary, args, { stdio: ["ignore", "pipe", "pipe"], cwd: this.#folder });
    child.stdout.on("data", (text: Buffer) => (said += text.toString()));
    child.stderr.on("data", (text: Buffer) => (said += text.toString()));
    this.#process = child;
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${said}`);
      return existsSync(ready) && readFileSync(ready, "utf8").trim() !== "";
    });
    this.url = readFileSync(ready, "utf8").trim();
  }

  /** Ends the process without warning. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    this.#process = undefined;
  }

  async end(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.shutdown()));
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async token(identity: string): Promise<string> {
    return (await fetch(`${this.url}/dev/token?identity=${encodeURIComponent(identity)}`)).text();
  }

  /** A token that lives so many seconds, made with the server's own key. */
  brief(identity: string, seconds: number): string {
    const kept = JSON.parse(readFileSync(join(this.#folder, "dev-credentials.json"), "utf8")) as Record<string, string>;
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { jti: randomUUID(), iss: kept.api_key, sub: kept.account_sid, iat: now, exp: now + seconds };
    const text = `${part({ typ: "JWT", alg: "HS256", cty: "twilio-fpa;v=1" })}.${part({ ...claims, grants: { identity, chat: {} } })}`;
    return `${text}.${createHmac("sha256", kept.api_secret!).update(text).digest("base64url")}`;
  }

  /** A client that is initialized, and shut down at the end. */
  async client(identity: string, options: ClientOptions = {}, token?: string): Promise<Client> {
    const client = this.begin(token ?? (await this.token(identity)), options);
    await new Promise<void>((resolve, reject) => {
      client.onceWithReplay("initialized", resolve);
      client.once("initFailed", ({ error }) => reject(new Error(error?.message)));
    });
    return client;
  }

  begin(token: string, options: ClientOptions = {}): Client {
    const client = new Client(token, {
      url: this.url,
      WebSocket: WebSocket as unknown as WebSocketConstructor,
      backoff: { first: 50, most: 200 },
      ...options,
    });
    this.#clients.push(client);
    return client;
  }
}

/** Waits until something is so, for ten seconds at most. */
export async function eventually(so: () => unknown): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await so())) {
    if (Date.now() > end) throw new Error(`it did not come to pass: ${so.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
