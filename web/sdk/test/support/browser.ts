// A page with the library's bundle, of an origin that is not the server's, in a real Chromium.
import { createServer, type Server as HTTPServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type * as Parley from "../../src/index.js";
import { bundle } from "./bundle.js";

/** What the scripts of a page find. */
export interface Scope {
  Parley: { Conversations: typeof Parley };
  client: Parley.Client;
  /** The frames that went out, by method. */
  sent: Record<string, number>;
  /** The latest connect. */
  hello: { resume?: Record<string, number> };
}

/** Counts what every websocket of a page sends. */
const counting = `
  globalThis.sent = {};
  globalThis.WebSocket = class extends WebSocket {
    send(frame) {
      for (const { method, params } of [JSON.parse(frame)].flat()) {
        sent[method] = (sent[method] ?? 0) + 1;
        if (method === "connect") globalThis.hello = params;
      }
      super.send(frame);
    }
  };`;

export class Pages {
  origin = "";
  #browser!: Browser;
  #server!: HTTPServer;

  async start(): Promise<void> {
    const library = await bundle();
    const files: Record<string, [string, string]> = {
      "/": ["text/html", '<!doctype html><script src="/counting.js"></script><script src="/library.js"></script>'],
      "/counting.js": ["text/javascript", counting],
      "/library.js": ["text/javascript", library],
      "/worker.js": ["text/javascript", `${library}\nonmessage = (event) => (0, eval)(event.data);`],
    };
    this.#server = createServer((request, response) => {
      const [type, text] = files[request.url!] ?? ["text/plain", ""];
      response.writeHead(text === "" ? 404 : 200, { "Content-Type": type }).end(text);
    });
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const args = ["--no-sandbox", "--disable-background-networking"];
    this.#browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
  }

  /** A profile of its own: what is kept in one is not there in another. */
  profile(): Promise<BrowserContext> {
    return this.#browser.newContext();
  }

  async open(profile: BrowserContext): Promise<Page> {
    const page = await profile.newPage();
    await page.goto(this.origin);
    return page;
  }

  async end(): Promise<void> {
    await this.#browser.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Starts a client in a page, as soon as which is usable; offline it is when its cache knows the user. */
export async function signIn(page: Page, url: string, token: string): Promise<void> {
  await page.evaluate(
    async ([url, token]) => {
      const scope = globalThis as unknown as Scope & { failures: string[] };
      const { Client } = scope.Parley.Conversations;
      const client = new Client(token, { url, backoff: { first: 50, most: 200 } });
      scope.client = client;
      scope.failures = [];
      client.on("storageFailed", (error) => scope.failures.push(error.message));
      await new Promise<void>((resolve) => client.onceWithReplay("initialized", resolve));
    },
    [url, token] as const,
  );
}
