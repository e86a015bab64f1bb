import { afterAll, beforeAll, expect, test } from "vitest";
import { MemoryStorage } from "../src/index.js";
import { eventually, Server } from "./support/server.js";

let server: Server;
beforeAll(async () => {
  server = new Server();
  await server.start();
});
afterAll(() => server.end());

test("what is sent while the server is away is delivered once, in order, and everybody catches up", async () => {
  const [ann, bob] = [await server.client("ann"), await server.client("bob")];
  const mine = await ann.createConversation({ uniqueName: "away" });
  await mine.join();
  const joined = new Promise((resolve) => bob.once("conversationJoined", resolve));
  await mine.add("bob");
  await joined;
  const [theirs] = bob.conversations;
  const heard: (string | null)[] = [];
  theirs!.on("messageAdded", (message) => heard.push(message.body));
  const states: string[] = [];
  ann.on("connectionStateChanged", (state) => states.push(state));
  await mine.sendMessage("0");

  const crossing = mine.sendMessage("1"); // on its way when the server dies
  await server.kill();
  await eventually(() => !ann.online);
  expect(states).toEqual(["connecting"]);
  const [a, b] = [mine.sendMessage("2"), mine.sendMessage("3")];
  const waiting = mine.queuedMessages.at(-1)!;
  expect([waiting.body, waiting.status, waiting.index]).toEqual(["3", "pending", -1]);
  const kept = await mine.getMessages();
  expect(kept.items.map((one) => one.body)).toContain("0");

  await server.start();
  expect(await Promise.all([crossing, a, b])).toEqual([1, 2, 3]);
  await eventually(() => heard.length >= 4);
  expect(heard).toEqual(["0", "1", "2", "3"]);
  expect(mine.queuedMessages).toEqual([]);
  const all = await mine.getMessages();
  expect(all.items.map((one) => one.body)).toEqual(["0", "1", "2", "3"]);
  expect(all.items[3]).toBe(waiting);
  expect([waiting.status, waiting.index]).toEqual(["sent", 3]);
  expect(ann.connectionState).toBe("connected");
});

test("a refused message stays until it is given up, and those behind it go on", async () => {
  const ann = await server.client("ann");
  const mine = await ann.createConversation();
  await mine.join();
  const refused = mine.sendMessage("x".repeat(40_000));
  await expect(refused).rejects.toMatchObject({ code: 50504 });
  expect(mine.queuedMessages.map((one) => one.status)).toEqual(["failed"]);
  expect(await mine.sendMessage("short")).toBe(0);
  mine.queuedMessages[0]!.discard();
  expect(mine.queuedMessages).toEqual([]);
});

test("a token that expires is replaced by its provider, without a gap", async () => {
  let asked = 0;
  const provider = async () => {
    asked++;
    return server.token("cyd");
  };
  const end = Date.now() + 2_000;
  const cyd = await server.client("cyd", { tokenProvider: provider }, server.brief("cyd", 2));
  await eventually(() => asked > 0);
  await eventually(() => Date.now() > end + 1_000); // the first token is over
  expect(cyd.online).toBe(true);
  expect(asked).toBe(1);
});

test("without a provider an expired token denies, and another one brings it back", async () => {
  const dan = await server.client("dan", {}, server.brief("dan", 2));
  const expired = new Promise<void>((resolve) => dan.once("tokenExpired", resolve));
  await expired;
  await eventually(() => dan.connectionState === "denied");
  await dan.updateToken(await server.token("dan"));
  await eventually(() => dan.connectionState === "connected");
  const late = server.begin(server.brief("dan", -5));
  await new Promise<void>((resolve) => late.once("initFailed", () => resolve()));
});

test("a cold start shows what was known, sends what was not sent, and catches up", async () => {
  const storage = new MemoryStorage();
  const token = await server.token("eve");
  const eve = await server.client("eve", { storage }, token);
  const mine = await eve.createConversation({ uniqueName: "cold", friendlyName: "cold" });
  await mine.join();
  await mine.sendMessage("before");
  await mine.getMessages();
  const fay = await server.client("fay");
  await mine.add("fay");
  await server.kill();
  await eventually(() => !eve.online);
  mine.sendMessage("unsent").catch(() => {});
  await eve.shutdown();

  const again = server.begin(token, { storage });
  const order: string[] = [];
  again.on("initialized", () => order.push("initialized"));
  again.on("conversationAdded", () => order.push("added"));
  again.on("conversationJoined", () => order.push("joined"));
  await eventually(() => order.length === 3);
  expect(order).toEqual(["initialized", "added", "joined"]);
  expect(again.online).toBe(false);
  const [known] = again.conversations;
  expect([known!.friendlyName, known!.lastMessage?.body]).toEqual(["cold", "before"]);
  expect((await known!.getMessages()).items.map((one) => one.body)).toEqual(["before"]);
  expect(known!.queuedMessages.map((one) => one.body)).toEqual(["unsent"]);

  const added: (string | null)[] = [];
  known!.on("messageAdded", (message) => added.push(message.body));
  await server.start();
  await eventually(() => added.length === 1);
  expect(added).toEqual(["unsent"]);
  await eventually(() => fay.conversations[0]?.lastMessage?.body === "unsent");
  expect((await known!.getMessages()).items.map((one) => one.body)).toEqual(["before", "unsent"]);
});
