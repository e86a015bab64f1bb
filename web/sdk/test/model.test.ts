import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Client, type ClientOptions, type Conversation } from "../src/index.js";
import type { WireConversation, WireMessage } from "../src/wire/objects.js";
import { FakeNet, settle } from "./support/fake.js";

const date = "2030-01-01T00:00:00.000Z";
const clients: Client[] = [];
beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  for (const client of clients.splice(0)) await client.shutdown();
  vi.useRealTimers();
});

function conversation(n: number, more: Partial<WireConversation> = {}): WireConversation {
  const own = { participant_sid: "MB1", unread_messages_count: 2, last_read_message_index: 0, permissions: [] };
  const dates = { date_created: date, date_updated: date };
  const counts = { participants_count: 2, messages_count: 3 };
  return { sid: `CH${n}`, state: "active", revision: 5, attributes: {}, ...dates, ...counts, ...own, ...more };
}

function message(index: number, more: Partial<WireMessage> = {}): WireMessage {
  const about = { conversation_sid: "CH1", author: "bob", body: `m${index}`, date_created: date, date_updated: date };
  return { sid: `IM${index}`, index, revision: 5, ...about, ...more };
}

/** A client, and all that it emits. */
function setUp(options: ClientOptions = {}) {
  const net = new FakeNet();
  const client = new Client("token", { url: "http://parley", WebSocket: net.WebSocket, ...options });
  clients.push(client);
  const events: string[] = [];
  const emit = client.emit.bind(client);
  client.emit = ((event: string, ...args: never[]) => {
    const [data] = args as { updateReasons?: string[]; sid?: string }[];
    const detail = typeof data === "string" ? data : (data?.updateReasons?.join() ?? data?.sid ?? "");
    if (event !== "connectionChanged") events.push(detail ? `${event} ${detail}` : event);
    return (emit as (...all: unknown[]) => boolean)(event, ...args);
  }) as never;
  return { net, client, events };
}

async function ready(conversations: WireConversation[] = [conversation(1)]) {
  const all = setUp();
  await settle();
  all.net.last.greet({ conversations });
  await settle();
  return { ...all, mine: all.client.conversations[0] as Conversation };
}

describe("starting up", () => {
  test("emits in Twilio's order", async () => {
    const { net, events } = setUp();
    await settle();
    const request = net.last.greet({ conversations: [conversation(1)] });
    await settle();
    expect(request.params.conversations).toBe(1000);
    expect(events).toEqual([
      "connectionStateChanged connecting",
      "connectionStateChanged connected",
      "userUpdated friendlyName,attributes,reachabilityOnline,reachabilityNotifiable",
      "userSubscribed",
      "stateChanged initialized",
      "initialized",
      "conversationAdded CH1",
      "conversationJoined CH1",
      "synchronized",
    ]);
  });

  test("fails with a token that is refused", async () => {
    const { net, client, events } = setUp();
    await settle();
    net.last.open();
    net.last.refuse(net.last.take("connect"), 20104, { status: 401, definite: true });
    net.last.end(4401);
    expect(events).toEqual(expect.arrayContaining(["tokenExpired", "stateChanged failed", "initFailed"]));
    expect(client.connectionState).toBe("denied");
  });

  test("needs a token, and to be told where the server is", () => {
    expect(() => new Client("")).toThrow("non-empty string");
    expect(() => new Client("token")).toThrow("Where is the server?");
  });
});

describe("counts", () => {
  test("are exact, live and after a replay", async () => {
    const { net, mine } = await ready();
    const add = (index: number, revision: number) =>
      net.last.event("messageAdded", { conversation_sid: "CH1", revision, message: message(index, { revision }) });
    add(3, 6);
    expect([mine.unreadMessagesCount, mine.messagesCount, mine.lastMessage?.index]).toEqual([3, 4, 3]);
    net.last.event("messageRemoved", {
      conversation_sid: "CH1",
      revision: 7,
      message: { sid: "IM3", index: 3 },
      last_message: null,
    });
    expect([mine.unreadMessagesCount, mine.messagesCount, mine.lastMessage]).toEqual([2, 3, undefined]);

    net.last.end();
    await vi.advanceTimersByTimeAsync(1_500);
    const state = conversation(1, { revision: 9, unread_messages_count: 4, messages_count: 5 });
    const request = net.last.greet({ conversations: [state], replaying: ["CH1"] });
    expect(request.params).toMatchObject({ epoch: "e1", resume: { CH1: 7 } });
    add(4, 8);
    add(5, 9);
    add(5, 9);
    // The list knew of these already.
    expect([mine.unreadMessagesCount, mine.messagesCount]).toEqual([4, 5]);
    net.last.event("conversationReplayed", { conversation_sid: "CH1", revision: 9, conversation: state });
    expect([mine.unreadMessagesCount, mine.messagesCount]).toEqual([4, 5]);
    add(6, 10);
    expect(mine.unreadMessagesCount).toBe(5);
  });

  test("a signal that came before the answer counts, not the answer", async () => {
    const { net, mine } = await ready();
    const marking = mine.advanceLastReadMessageIndex(2);
    await settle();
    const request = net.last.take("read.set");
    expect(request.params).toEqual({ conversation: "CH1", index: 2, advance: true });
    net.last.event("ownConversationUpdated", {
      conversation_sid: "CH1",
      last_read_message_index: 2,
      unread_messages_count: 1,
    });
    net.last.answer(request, { last_read_message_index: 2, unread_messages_count: 0 });
    await marking;
    expect(mine.unreadMessagesCount).toBe(1);
    expect(await mine.advanceLastReadMessageIndex(1)).toBe(1);
    await settle();
    expect(net.last.requests).toEqual([]);
  });
});

describe("membership", () => {
  test("one's own joining is told like that of others, once", async () => {
    const { net, client, events } = await ready([]);
    const making = client.createConversation();
    await settle();
    const outside = { participant_sid: null, unread_messages_count: null, participants_count: 0 };
    net.last.answer(net.last.take("conversation.create"), conversation(2, { ...outside, revision: 1 }));
    const made = await making;
    expect(client.conversations).toEqual([]);
    const own: string[] = [];
    made.on("participantJoined", (participant) => own.push(participant.sid));
    events.length = 0;
    const joining = made.join();
    await settle();
    const participant = { sid: "MB1", conversation_sid: "CH2", identity: "ann", type: "chat" };
    const joined = conversation(2, { revision: 2, participants_count: 1 });
    net.last.answer(net.last.take("conversation.join"), { conversation: joined, participant });
    net.last.event("conversationJoined", { conversation_sid: "CH2", revision: 2, conversation: joined });
    expect(await joining).toBe(made);
    expect(events).toEqual(["conversationUpdated status", "conversationJoined CH2", "participantJoined MB1"]);
    expect(own).toEqual(["MB1"]);
    expect(made.participantsCount).toBe(1);
  });

  test("a closed conversation is in no list but that of the closed, and can be read", async () => {
    const { net, client, mine, events } = await ready([conversation(1), conversation(2)]);
    events.length = 0;
    const closed = conversation(1, { state: "closed", revision: 6 });
    net.last.event("conversationUpdated", { conversation_sid: "CH1", revision: 6, conversation: closed });
    expect(events).toEqual(["conversationUpdated state", "conversationRemoved CH1"]);
    expect(mine.status).toBe("joined");
    expect((await client.getSubscribedConversations()).items.map((one) => one.sid)).toEqual(["CH2"]);

    const first = client.getClosedConversations();
    await settle();
    const request = net.last.take("conversation.list");
    expect(request.params).toEqual({ state: "closed", page_size: 100 });
    net.last.answer(request, { conversations: [closed], next_page_token: "more" });
    const page = await first;
    expect(page.items[0]).toBe(mine);
    const second = page.nextPage();
    await settle();
    const next = net.last.take("conversation.list");
    expect(next.params).toMatchObject({ page_token: "more" });
    net.last.answer(next, { conversations: [conversation(3, { state: "closed" })], next_page_token: null });
    const last = await second;
    expect(last.items[0]).toMatchObject({ sid: "CH3", status: "joined" });
    expect([page.hasPrevPage, last.hasPrevPage, last.hasNextPage]).toEqual([false, true, false]);
    const back = last.prevPage();
    await settle();
    const again = net.last.take("conversation.list");
    expect(again.params).not.toHaveProperty("page_token");
    net.last.answer(again, { conversations: [closed], next_page_token: "more" });
    expect((await back).items[0]).toBe(mine);
    expect(events).toHaveLength(2);
  });
});

describe("messages", () => {
  test("what an event removed or changed is not undone by a read made before", async () => {
    const { net, mine } = await ready();
    const reading = mine.getMessages();
    await settle();
    const request = net.last.take("message.list");
    net.last.event("messageRemoved", { conversation_sid: "CH1", revision: 6, message: { sid: "IM1", index: 1 } });
    net.last.answer(request, { messages: [message(0), message(1)], has_prev: false, has_next: false, revision: 5 });
    const page = await reading;
    expect(page.items.map((one) => one.index)).toEqual([0]);
    const [first] = page.items;
    net.last.event("messageUpdated", {
      conversation_sid: "CH1",
      revision: 7,
      message: {
        sid: "IM0",
        index: 0,
        reaction: { name: "+", identity: "bob", added: true },
        reactions: { "+": { count: 3 } },
      },
    });
    expect(first!.reactions).toEqual({ "+": { count: 3, identities: ["bob"] } });
    const again = mine.getMessages();
    await settle();
    net.last.answer(net.last.take("message.list"), {
      messages: [message(0)],
      has_prev: false,
      has_next: false,
      revision: 5,
    });
    expect((await again).items[0]).toBe(first);
    expect(first!.reactions["+"]?.count).toBe(3);
  });

  test("a reset tells what is new and what is gone", async () => {
    const { net, mine, events } = await ready();
    const reading = mine.getMessages();
    await settle();
    net.last.answer(net.last.take("message.list"), {
      messages: [message(0), message(1)],
      has_prev: false,
      has_next: false,
      revision: 5,
    });
    await reading;
    events.length = 0;
    net.last.event("conversationReset", {
      conversation_sid: "CH1",
      revision: 50,
      conversation: conversation(1, { revision: 50 }),
    });
    await settle();
    net.last.answer(net.last.take("message.list"), {
      messages: [message(1, { body: "changed", revision: 40 }), message(2)],
      has_prev: false,
      has_next: false,
      revision: 50,
    });
    await settle();
    expect(events).toEqual(["messageUpdated body", "messageAdded IM2", "conversationReset CH1"]);
  });

  test("one's own is the same object before and after, and is added once", async () => {
    const { net, mine, events } = await ready();
    const sending = mine.sendMessage("hi");
    await settle();
    const [queued] = mine.queuedMessages;
    const request = net.last.take("message.send");
    const stored = message(3, { author: "ann", body: "hi", nonce: request.params.nonce as string, revision: 6 });
    net.last.answer(request, stored);
    expect(await sending).toBe(3);
    net.last.event("messageAdded", { conversation_sid: "CH1", revision: 6, message: stored });
    expect(events.filter((event) => event.startsWith("messageAdded"))).toEqual(["messageAdded IM3"]);
    expect([queued!.sid, queued!.status]).toEqual(["IM3", "sent"]);
  });
});

test("arguments are checked", async () => {
  const { mine, client } = await ready();
  await expect(mine.getMessages(-1)).rejects.toThrow('"pageSize"');
  await expect(mine.getMessages(1.5)).rejects.toThrow("non-negative integer");
  await expect(mine.add("")).rejects.toThrow("non-empty string");
  await expect(mine.setUserNotificationLevel("x" as never)).rejects.toThrow("'default' | 'muted'");
  await expect(mine.updateAttributes(undefined as never)).rejects.toThrow("plain JSON");
  await expect(client.setPushRegistrationId("fcm", "id")).rejects.toMatchObject({
    name: "NotOfferedError",
    status: 501,
  });
});

test("typing is sent on every five seconds", async () => {
  const { net, mine } = await ready();
  for (let i = 0; i < 3; i++) await mine.typing();
  expect(net.last.requests.map((one) => one.method)).toEqual(["typing"]);
  await vi.advanceTimersByTimeAsync(5_000);
  await mine.typing();
  expect(net.last.requests.filter((one) => one.method === "typing")).toHaveLength(2);
});
