import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import type * as Parley from "../src/index.js";
import { bundle } from "./support/bundle.js";
import { Server } from "./support/server.js";

const server = new Server();
beforeAll(() => server.start());
afterAll(() => server.end());

/**
 * What React Native has: no document, no storage, no locks, no channels between tabs, no `crypto`, no structured
 * cloning, no TextDecoder, and signals that cannot throw by themselves.
 */
function native(): Record<string, unknown> {
  class Controller {
    readonly #inner = new AbortController();
    readonly signal = {
      aborted: false,
      addEventListener: (type: string, listener: () => void) => this.#inner.signal.addEventListener(type, listener),
    };
    abort(): void {
      this.signal.aborted = true;
      this.#inner.abort();
    }
  }
  const there = { setTimeout, clearTimeout, queueMicrotask, Promise, console, URL, URLSearchParams, Blob, FormData };
  const upload = (url: string, { signal: _, ...rest }: RequestInit) => fetch(url, rest);
  const navigator = { product: "ReactNative" };
  return { ...there, atob, TextEncoder, AbortController: Controller, fetch: upload, WebSocket, navigator };
}

test("React Native's surroundings are enough to chat, and to send files", async () => {
  const scope = native();
  runInNewContext(await bundle(), scope);
  const { Client } = (scope.Parley as { Conversations: typeof Parley }).Conversations;
  const client = await Client.create(await server.token("nat"), { url: server.url });
  const made = await client.createConversation({ attributes: { a: [1] } });
  await made.join();
  const added: (string | null)[] = [];
  made.on("messageAdded", (message) => added.push(message.body));
  const index = await made
    .prepareMessage()
    .setBody("ü".repeat(300))
    .addMedia({ contentType: "text/plain", media: "m" })
    .buildAndSend();
  expect(index).toBe(0);
  const [message] = (await made.getMessages()).items;
  expect(message!.attachedMedia).toHaveLength(1);
  expect(made.attributes).toEqual({ a: [1] });
  expect(made.lastMessage?.body).toBe("ü".repeat(128));
  expect(added).toEqual(["ü".repeat(300)]);
  await made.updateAttributes({ b: null });
  await client.shutdown();
});
