import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { BrowserContext, Page } from "playwright-core";
import { Pages, type Scope, signIn } from "./support/browser.js";
import { eventually, Server } from "./support/server.js";

declare const globalThis: Scope & { failures: string[] } & Record<string, unknown>;

const pages = new Pages();
const server = new Server();
let profile: BrowserContext;
const start = (): Promise<void> => server.start(`--allow-origin=${pages.origin}`);
beforeAll(async () => {
  await pages.start();
  await start();
  profile = await pages.profile();
});
afterEach(async () => {
  await profile.close();
  profile = await pages.profile();
});
afterAll(async () => {
  await pages.end();
  await server.end();
});

/** A page in which somebody is signed in, and in a conversation of that name. */
async function chatting(identity: string, name: string): Promise<Page> {
  const page = await pages.open(profile);
  await signIn(page, server.url, await server.token(identity));
  await page.evaluate(async (uniqueName) => {
    const made = await globalThis.client.createConversation({ uniqueName, friendlyName: uniqueName });
    await made.join();
    await made.sendMessage("before");
    await made.getMessages();
  }, name);
  return page;
}

/** What a client shows without asking. */
const shown = (page: Page) =>
  page.evaluate(() => ({
    online: globalThis.client.online,
    names: globalThis.client.conversations.map((one) => one.friendlyName),
    last: globalThis.client.conversations.map((one) => one.lastMessage?.body),
    queued: globalThis.client.conversations.flatMap((one) => one.queuedMessages.map((message) => message.body)),
    failures: globalThis.failures,
  }));

describe("what a browser keeps", () => {
  test("is shown at once by a cold start, which then goes on from there", async () => {
    const token = await server.token("ann");
    const before = await chatting("ann", "cold");
    await before.evaluate(() => globalThis.client.shutdown());
    await before.close();
    await server.kill();

    const page = await pages.open(profile);
    await signIn(page, server.url, token);
    expect(await shown(page)).toEqual({ online: false, names: ["cold"], last: ["before"], queued: [], failures: [] });
    const kept = await page.evaluate(async () => {
      const { items } = await globalThis.client.conversations[0]!.getMessages();
      return items.map((one) => one.body);
    });
    expect(kept).toEqual(["before"]);

    await start();
    await page.evaluate(async () => {
      const { client } = globalThis;
      if (!client.online) await new Promise<void>((resolve) => client.once("synchronized", resolve));
    });
    const [sid, resume] = await page.evaluate(() => [globalThis.client.conversations[0]!.sid, globalThis.hello.resume]);
    expect(Object.keys(resume as object)).toEqual([sid]);
    expect(await page.evaluate(() => globalThis.client.conversations[0]!.sendMessage("after"))).toBe(1);
  });

  test("is not shown to another user of the same browser", async () => {
    const before = await chatting("bea", "secret");
    await before.evaluate(() => globalThis.client.shutdown());
    await before.close();
    const page = await pages.open(profile);
    await signIn(page, server.url, await server.token("eve"));
    expect((await shown(page)).names).toEqual([]);
    await page.evaluate(() => globalThis.client.getSubscribedConversations());
    expect((await shown(page)).names).toEqual([]);
  });

  test("by an older version is made anew, and a newer one is left alone, which is told", async () => {
    const token = await server.token("old");
    const page = await pages.open(profile);
    const version = (name: string, wanted: number) =>
      page.evaluate(
        ([name, wanted]) =>
          new Promise<string[]>((resolve, reject) => {
            const request = indexedDB.open(name, wanted);
            request.onupgradeneeded = () => {
              if (!request.result.objectStoreNames.contains("other")) request.result.createObjectStore("other");
            };
            request.onsuccess = () => {
              resolve([...request.result.objectStoreNames]);
              request.result.close();
            };
            request.onerror = () => reject(request.error!);
          }),
        [name, wanted] as const,
      );
    expect(await version("parley-conversations", 1)).toEqual(["other"]);
    await signIn(page, server.url, token);
    expect((await shown(page)).failures).toEqual([]);
    expect(await version("parley-conversations", 2)).toEqual(["kept"]);

    await version("parley-conversations", 9);
    const late = await pages.open(profile);
    await signIn(late, server.url, token);
    expect((await shown(late)).failures).toHaveLength(1);
    expect((await shown(late)).failures[0]).toMatch(/version/);
    await late.evaluate(() => globalThis.client.getSubscribedConversations());
  });
});

describe("a storage that fails is done without, which is told once", () => {
  test("one that is full", async () => {
    const page = await pages.open(profile);
    await page.evaluate(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("there is no room", "QuotaExceededError");
      };
    });
    await signIn(page, server.url, await server.token("ful"));
    const sent = await page.evaluate(async () => {
      const made = await globalThis.client.createConversation();
      await made.join();
      return [await made.sendMessage("one"), await made.sendMessage("two")];
    });
    expect(sent).toEqual([0, 1]);
    await page.waitForFunction(() => globalThis.failures.length > 0);
    await page.evaluate(() => globalThis.client.shutdown());
    expect((await shown(page)).failures).toEqual(["there is no room"]);
  });

  test("one that is forbidden", async () => {
    const page = await pages.open(profile);
    await page.evaluate(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("not here", "SecurityError");
      };
    });
    await signIn(page, server.url, await server.token("for"));
    expect((await shown(page)).failures).toEqual(["not here"]);
  });

  test("one that never answers, as another tab blocks it", async () => {
    const blocking = await pages.open(profile);
    await blocking.evaluate(async () => {
      await new Promise((resolve) => {
        const request = indexedDB.open("parley-conversations", 2);
        request.onupgradeneeded = () => request.result.createObjectStore("kept");
        request.onsuccess = () => resolve((globalThis["held"] = request.result));
      });
      indexedDB.deleteDatabase("parley-conversations");
    });
    const page = await pages.open(profile);
    await signIn(page, server.url, await server.token("blo"));
    expect((await shown(page)).failures).toEqual(["The storage does not answer"]);
    expect(await page.evaluate(() => globalThis.client.user.identity)).toBe("blo");
  });
});

describe("several tabs of one user", () => {
  test("send what waits once: a tab that dies leaves it to another, and one that opens does not take it", async () => {
    const token = await server.token("tab");
    const second = await pages.open(profile);
    await signIn(second, server.url, token);
    const first = await chatting("tab", "tabs");
    await second.waitForFunction(() => globalThis.client.conversations[0]?.lastMessage?.index === 0);
    await server.kill();
    const queue = (page: Page, body: string) =>
      page.evaluate((text) => void globalThis.client.conversations[0]!.sendMessage(text).catch(() => {}), body);
    await queue(first, "of the first");
    await queue(second, "of the second");
    await first.close();
    await eventually(async () => (await shown(second)).queued.sort().join() === "of the first,of the second");
    const third = await pages.open(profile);
    await signIn(third, server.url, token);
    expect((await shown(third)).queued).toEqual([]);
    await start();
    for (const page of [second, third]) {
      await page.waitForFunction(() => globalThis.client.conversations[0]!.lastMessage?.index === 2);
      await page.waitForFunction(() => globalThis.client.conversations[0]!.queuedMessages.length === 0);
    }
    const sent = await Promise.all([second, third].map((page) => page.evaluate(() => globalThis.sent)));
    expect(sent[0]!["message.send"]! + (sent[1]!["message.send"] ?? 0)).toBe(2);
    const all = await third.evaluate(async () => {
      const { items } = await globalThis.client.conversations[0]!.getMessages();
      return items.map((one) => one.body).sort();
    });
    expect(all).toEqual(["before", "of the first", "of the second"]);
  });

  test("mark as read once", async () => {
    const token = await server.token("rea");
    const first = await chatting("rea", "reading");
    const second = await pages.open(profile);
    await signIn(second, server.url, token);
    await second.evaluate(() => globalThis.client.getSubscribedConversations());
    for (const page of [first, second]) {
      await page.evaluate(() => globalThis.client.conversations[0]!.setAllMessagesRead());
    }
    const sent = await Promise.all([first, second].map((page) => page.evaluate(() => globalThis.sent["read.set"])));
    expect(sent).toEqual([1, undefined]);
  });
});

test("files are uploaded from a page of another origin, by the address of a websocket", async () => {
  const page = await pages.open(profile);
  const url = `${server.url.replace("http", "ws")}/v1/ws`;
  expect(new URL(url).origin).not.toBe(pages.origin);
  await signIn(page, url, await server.token("upl"));
  const [size, steps, text] = await page.evaluate(async () => {
    const made = await globalThis.client.createConversation();
    await made.join();
    const steps: number[] = [];
    made.on("messageUpdated", ({ message }) => steps.push(message.uploadProgress?.loaded ?? -1));
    await made.sendMessage({ contentType: "text/plain", filename: "notes ü.txt", media: "x".repeat(200_000) });
    const [message] = (await made.getMessages(1)).items;
    const [media] = message!.attachedMedia!;
    const answer = await fetch((await media!.getContentTemporaryUrl())!);
    return [media!.size, steps, await answer.text()] as const;
  });
  expect(size).toBe(200_000);
  expect(text).toBe("x".repeat(200_000));
  expect(steps[0]).toBe(0);
  expect(Math.max(...steps)).toBeGreaterThanOrEqual(200_000);
});

test("a web worker chats", async () => {
  const page = await pages.open(profile);
  const said = await page.evaluate(
    async ([url, token]) => {
      const worker = new Worker("/worker.js");
      worker.postMessage(`(async () => {
        const client = await Parley.Conversations.Client.create(${JSON.stringify(token)}, { url: ${JSON.stringify(url)} });
        const made = await client.createConversation();
        await made.join();
        const media = { contentType: "text/plain", media: "by a worker" };
        const index = await made.prepareMessage().setBody("hi").addMedia(media).buildAndSend();
        const [message] = (await made.getMessages()).items;
        await client.shutdown();
        postMessage([index, message.body, message.attachedMedia.length]);
      })().catch((error) => postMessage(String(error)));`);
      return new Promise((resolve) => (worker.onmessage = (event) => resolve(event.data)));
    },
    [server.url, await server.token("wor")] as const,
  );
  expect(said).toEqual([0, "hi", 1]);
});
