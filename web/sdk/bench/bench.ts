// How the library bears many conversations and messages: `npm run bench`. Nothing here is asserted.
import { Client, MemoryStorage } from "../src/index.js";
import type { WireConversation, WireMessage } from "../src/wire/objects.js";
import { FakeNet } from "../test/support/fake.js";

const date = new Date(0).toISOString();
const chance = (n: number): string => n.toString(16).padStart(32, "0");

function conversation(n: number): WireConversation {
  return {
    sid: `CH${chance(n)}`,
    state: "active",
    revision: 200,
    friendly_name: `Conversation ${n}`,
    attributes: { topic: n },
    date_created: date,
    date_updated: date,
    participants_count: 5,
    messages_count: 100,
    last_message: { index: 99, date_created: new Date(n).toISOString(), author: "bob", body: "the last one" },
    participant_sid: `MB${chance(n)}`,
    unread_messages_count: 3,
    last_read_message_index: 96,
    permissions: ["sendMessage", "leaveConversation", "editOwnMessage", "deleteOwnMessage"],
  };
}

function message(of: string, index: number, revision = index + 1): WireMessage {
  return {
    sid: `IM${chance(index)}`,
    conversation_sid: of,
    index,
    author: "bob",
    participant_sid: `MB${chance(7)}`,
    body: `This is message ${index}, which is about as long as they are.`,
    date_created: date,
    date_updated: date,
    revision,
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

function report(what: string, ms: number, times = 1): void {
  const each = times === 1 ? "" : `, ${((ms / times) * 1000).toFixed(1)} µs each`;
  console.log(`${what.padEnd(64)} ${ms.toFixed(1).padStart(8)} ms${each}`);
}

async function timed(what: string, work: () => unknown, times = 1): Promise<void> {
  const begin = performance.now();
  await work();
  report(what, performance.now() - begin, times);
}

function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

const token = `x.${Buffer.from(JSON.stringify({ grants: { identity: "ann" } })).toString("base64url")}.x`;

/** A client that knows so many conversations. */
async function start(count: number, storage = new MemoryStorage()): Promise<{ net: FakeNet; client: Client }> {
  const net = new FakeNet();
  const client = new Client(token, { url: "http://parley", WebSocket: net.WebSocket, storage });
  await turn();
  const all = Array.from({ length: count }, (_, n) => conversation(n));
  net.last.greet({ conversations: all.slice(0, 1000), next_page_token: count > 1000 ? "1000" : null });
  for (let from = 1000; from < count; from += 100) {
    await turn();
    const next = from + 100 < count ? String(from + 100) : null;
    net.last.answer(net.last.take("conversation.list"), {
      conversations: all.slice(from, from + 100),
      next_page_token: next,
    });
  }
  await turn();
  return { net, client };
}

/** Has a client read the newest hundred messages of each conversation. */
async function readAll(net: FakeNet, client: Client): Promise<void> {
  for (const one of client.conversations) {
    const reading = one.getMessages(100);
    await Promise.resolve();
    await Promise.resolve();
    const request = net.last.take("message.list");
    const messages = Array.from({ length: 100 }, (_, index) => message(one.sid, index));
    net.last.answer(request, { messages, has_prev: false, has_next: false, revision: 200 });
    await reading;
  }
}

async function many(): Promise<void> {
  console.log("5,000 conversations");
  const before = heap();
  let all!: Awaited<ReturnType<typeof start>>;
  await timed("  connect, and read the list", async () => (all = await start(5_000)));
  const { net, client } = all;
  console.log(`  ${((heap() - before) / 5_000 / 1024).toFixed(1)} kB of heap each`);
  await timed("  client.conversations", () => client.conversations);
  const sids = client.conversations.map((one) => one.sid);
  const add = (revision: number): void => {
    for (const sid of sids) {
      net.last.event("messageAdded", { conversation_sid: sid, revision, message: message(sid, revision, revision) });
    }
  };
  await timed("  5,000 messages, one to each", () => add(201), 5_000);
  client.on("messageAdded", () => void client.conversations);
  await timed("  the same, where each has the list asked for", () => add(202), 5_000);
  await client.shutdown();
}

async function cached(): Promise<void> {
  console.log("1,000 conversations with 100 messages each");
  const storage = new MemoryStorage();
  const { net, client } = await start(1_000, storage);
  const before = heap();
  await timed("  read 100,000 messages", () => readAll(net, client), 100_000);
  console.log(`  ${((heap() - before) / 100_000 / 1024).toFixed(2)} kB of heap each message`);
  const sids = client.conversations.map((one) => one.sid);
  const add = (): void => {
    for (let i = 0; i < 10_000; i++) {
      const revision = 201 + i;
      const sid = sids[i % 1_000]!;
      net.last.event("messageAdded", { conversation_sid: sid, revision, message: message(sid, revision, revision) });
    }
  };
  await timed("  10,000 events", add, 10_000);
  await timed("  keep it all", () => client.shutdown());

  const again = new FakeNet();
  const second = new Client(token, { url: "http://parley", WebSocket: again.WebSocket, storage });
  await timed("  start from the cache", async () => {
    while (second.conversations.length < 1_000) await turn();
  });
  await timed("  connect with nothing new", async () => {
    again.last.greet({ conversations: second.conversations.map((one) => one._state) });
    await turn();
  });
  await timed("  keep what is new: nothing", () => second.shutdown());
}

async function long(): Promise<void> {
  console.log("one conversation with 100,000 messages read");
  const { net, client } = await start(1);
  const one = client.conversations[0]!;
  const before = heap();
  await timed("  read by pages", async () => {
    let page = undefined as Awaited<ReturnType<typeof one.getMessages>> | undefined;
    for (let from = 99_900; from >= 0; from -= 100) {
      const reading = page ? page.prevPage() : one.getMessages(100);
      await Promise.resolve();
      await Promise.resolve();
      const messages = Array.from({ length: 100 }, (_, i) => message(one.sid, from + i));
      const request = net.last.take("message.list");
      net.last.answer(request, { messages, has_prev: from > 0, has_next: false, revision: 200 });
      page = await reading;
    }
  });
  console.log(`  ${((heap() - before) / 100_000 / 1024).toFixed(2)} kB of heap each message`);
  await timed(
    "  1,000 messages more",
    () => {
      for (let i = 0; i < 1_000; i++) {
        const index = 100_000 + i;
        net.last.event("messageAdded", {
          conversation_sid: one.sid,
          revision: 100_001 + i,
          message: message(one.sid, index, 100_001 + i),
        });
      }
    },
    1_000,
  );
  await timed("  keep it", () => client.shutdown());
}

await many();
await cached();
await long();
