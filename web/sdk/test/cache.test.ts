import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Client, MemoryStorage } from "../src/index.js";
import type { WireConversation, WireMessage } from "../src/wire/objects.js";
import { FakeNet, settle } from "./support/fake.js";

const date = "2030-01-01T00:00:00.000Z";
const token = `x.${Buffer.from(JSON.stringify({ grants: { identity: "änn" } })).toString("base64url")}.x`;
const clients: Client[] = [];
beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  for (const client of clients.splice(0)) await client.shutdown();
  vi.useRealTimers();
});

/** Counts what is written of conversations. */
class Counted extends MemoryStorage {
  readonly writes: number[] = [];

  override async write(changes: ReadonlyMap<string, unknown>): Promise<void> {
    this.writes.push([...changes.keys()].filter((key) => key.includes("|conversation|")).length);
    await super.write(changes);
  }
}

function conversation(n: number): WireConversation {
  const at = { date_created: date, date_updated: date, last_message: null };
  return { sid: `CH${n}`, state: "active", revision: 5, participant_sid: "MB1", messages_count: 300, ...at };
}

function message(index: number): WireMessage {
  return { conversation_sid: "CH0", sid: `IM${index}`, index, author: "bob", body: `m${index}`, revision: 5 };
}

async function start(storage: MemoryStorage): Promise<{ net: FakeNet; client: Client }> {
  const net = new FakeNet();
  const client = new Client(token, { url: "http://parley", WebSocket: net.WebSocket, storage });
  clients.push(client);
  await settle();
  return { net, client };
}

test("much that changed at once is written by and by, and at the end the rest", async () => {
  const storage = new Counted();
  const { net, client } = await start(storage);
  net.last.greet({ conversations: Array.from({ length: 130 }, (_, n) => conversation(n)) });
  await vi.advanceTimersByTimeAsync(300);
  await vi.advanceTimersByTimeAsync(300);
  await client.shutdown();
  expect(storage.writes).toEqual([50, 50, 30]);
  const again = await start(storage);
  expect(again.client.conversations).toHaveLength(130);
});

test("what was read from the storage is not written there again", async () => {
  const storage = new Counted();
  const first = await start(storage);
  first.net.last.greet({ conversations: Array.from({ length: 3 }, (_, n) => conversation(n)) });
  await first.client.shutdown();
  storage.writes.length = 0;
  const { client } = await start(storage);
  expect(client.conversations).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(300);
  await client.shutdown();
  expect(storage.writes).toEqual([]);
});

test("the newest hundred messages are kept, without those that are gone", async () => {
  const storage = new MemoryStorage();
  const { net, client } = await start(storage);
  net.last.greet({ conversations: [conversation(0)] });
  const read = async (from: number, anchor?: number) => {
    const reading = client.conversations[0]!.getMessages(100, anchor);
    await settle();
    const messages = Array.from({ length: 100 }, (_, i) => message(from + i));
    const [has_prev, has_next] = [from > 0, from < 200];
    net.last.answer(net.last.take("message.list"), { messages, has_prev, has_next, revision: 5 });
    await reading;
  };
  await read(200);
  await read(100, 199);
  const gone = { sid: "IM298", index: 298 };
  net.last.event("messageRemoved", { conversation_sid: "CH0", revision: 6, message: gone });
  await client.shutdown();

  const again = await start(storage);
  const page = await again.client.conversations[0]!.getMessages(100);
  expect(page.items).toHaveLength(100);
  expect(page.items.map((one) => one.index).filter((index) => index > 295)).toEqual([296, 297, 299]);
  expect(page.items[0]!.index).toBe(199);
});

test("the list is by activity, whatever was asked before", async () => {
  const { net, client } = await start(new MemoryStorage());
  net.last.greet({ conversations: [conversation(0), conversation(1), conversation(2)] });
  const order = () => client.conversations.map((one) => one.sid);
  expect(order()).toEqual(["CH0", "CH1", "CH2"]);
  const add = (sid: string, index: number) => {
    const last = { ...message(index), conversation_sid: sid, date_created: `2031-01-01T00:00:0${index}.000Z` };
    net.last.event("messageAdded", { conversation_sid: sid, revision: 6 + index, message: last });
  };
  add("CH2", 1);
  expect(order()).toEqual(["CH2", "CH0", "CH1"]);
  add("CH1", 2);
  expect(order()).toEqual(["CH1", "CH2", "CH0"]);
  net.last.event("conversationLeft", { conversation_sid: "CH2", revision: 20 });
  expect(order()).toEqual(["CH1", "CH0"]);
  client.conversations.reverse();
  expect(order()).toEqual(["CH1", "CH0"]);
});
