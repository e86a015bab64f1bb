import type { Conversation, Message, Paginator } from "parley-conversations";
import { expect, test } from "vitest";
import { Log, most } from "../src/thread/log";

const message = (index: number, more: Partial<Message> = {}): Message =>
  ({ sid: `IM${index}`, index, status: "sent", ...more }) as Message;

/** A conversation of so many messages, whose pages come when they are let. */
class Fake {
  queuedMessages: Message[] = [];
  lastReadMessageIndex: number | null = null;
  unreadMessagesCount: number | null = null;
  held: (() => void)[] | undefined;
  constructor(readonly all: Message[]) {}

  async getMessages(size: number, anchor = Infinity, direction = "backwards"): Promise<Paginator<Message>> {
    const back = direction === "backwards";
    const reach = this.all.filter((one) => (back ? one.index <= anchor : one.index >= anchor));
    const items = back ? reach.slice(-size) : reach.slice(0, size);
    const [first, last] = [items[0]?.index ?? anchor, items.at(-1)?.index ?? anchor];
    const page = {
      items,
      hasPrevPage: this.all.some((one) => one.index < first),
      hasNextPage: this.all.some((one) => one.index > last),
    } as Paginator<Message>;
    if (this.held) await new Promise<void>((resolve) => this.held!.push(resolve));
    return page;
  }
}

function setUp(count: number): { fake: Fake; log: Log; drawn: () => number; span: () => (number | undefined)[] } {
  const fake = new Fake(Array.from({ length: count }, (_, n) => message(n)));
  let draws = 0;
  const log = new Log(fake as unknown as Conversation, () => draws++);
  return { fake, log, drawn: () => draws, span: () => [log.messages[0]?.index, log.messages.at(-1)?.index] };
}

test("so many are held at most, whichever way one reads", async () => {
  const { log, span } = setUp(1_000);
  await log.open();
  expect([span(), log.hasOlder, log.hasNewer]).toEqual([[960, 999], true, false]);
  log.following = false;
  while (log.hasOlder) await log.older();
  expect([span(), log.hasNewer]).toEqual([[0, most - 1], true]);
  while (log.hasNewer) await log.newer();
  expect([span(), log.hasOlder]).toEqual([[1_000 - most, 999], true]);
  await log.open(500);
  expect([span(), log.target]).toEqual([[461, 540], 500]);
});

test("where there is much new it begins at what was read", async () => {
  const { fake, log, span } = setUp(1_000);
  Object.assign(fake, { lastReadMessageIndex: 100, unreadMessagesCount: 899 });
  await log.open();
  expect([span(), log.target]).toEqual([[61, 140], undefined]);
  fake.unreadMessagesCount = 3;
  await log.open();
  expect(span()).toEqual([960, 999]);
});

test("what comes is shown at the end, and lets go of the oldest; elsewhere it waits there", async () => {
  const { fake, log, span } = setUp(most);
  await log.open();
  while (log.hasOlder) await log.older();
  for (let n = most; n < most + 10; n++) log.add(message(n));
  expect([span(), log.hasOlder]).toEqual([[10, most + 9], true]);
  log.following = false;
  for (let n = most + 10; n < 3 * most; n++) log.add(message(n));
  expect([span()[0], log.messages.length, log.hasNewer]).toEqual([10, 2 * most, true]);
  fake.queuedMessages = [message(-1, { status: "pending" })];
  expect(log.all).toHaveLength(2 * most); // what waits stands at the end
});

test("what comes while the last page is on its way is not missed", async () => {
  const { fake, log, span } = setUp(200);
  await log.open(20);
  for (let n = 0; n < 3; n++) await log.newer();
  expect(span()[1]).toBe(180);
  fake.held = [];
  const reading = log.newer();
  fake.all.push(message(200));
  log.add(fake.all.at(-1)!);
  fake.held.pop()!();
  await reading;
  expect([span()[1], log.hasNewer]).toEqual([199, true]);
  fake.held = undefined;
  await log.newer();
  expect([span()[1], log.hasNewer]).toEqual([200, false]);
});

test("an answer that comes after one went elsewhere is not taken", async () => {
  const { fake, log, span } = setUp(1_000);
  await log.open();
  fake.held = [];
  const late = log.older();
  const hold = fake.held.pop()!;
  fake.held = undefined;
  await log.open(10);
  hold();
  await late;
  expect([span(), log.loading]).toEqual([[0, 50], ""]);
});

test("one's own is shown between being stored and being told of, and by its index", async () => {
  const { fake, log } = setUp(2);
  await log.open();
  const own = message(-1, { status: "pending" });
  fake.queuedMessages = [own];
  log.queue();
  expect(log.all.at(-1)).toBe(own);
  Object.assign(own, { status: "sent", index: 3 });
  fake.queuedMessages = [];
  log.queue();
  expect(log.all.map((one) => one.index)).toEqual([0, 1, 3]);
  log.add(message(2));
  log.add(own);
  expect(log.all.map((one) => one.index)).toEqual([0, 1, 2, 3]);
  log.remove(own);
  expect(log.all.map((one) => one.index)).toEqual([0, 1, 2]);
});
