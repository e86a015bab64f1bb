import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, Conversation, type Participant } from "../src/index.js";
import { eventually, Server } from "./support/server.js";

let server: Server;
beforeAll(async () => {
  server = new Server();
  await server.start();
});
afterAll(() => server.end());

/** The bodies of what is added, as it comes. */
function bodies(of: Client): (string | null)[] {
  const all: (string | null)[] = [];
  of.on("messageAdded", (message) => all.push(message.body));
  return all;
}

describe("Working with conversations, as the guide does", () => {
  test("from creating to listing", async () => {
    const [ann, bob] = [await server.client("ann"), await server.client("bob")];

    const conversation = await ann.createConversation({
      attributes: { topic: "tea" },
      friendlyName: "new conversation",
      uniqueName: "walk",
    });
    expect(conversation).toBeInstanceOf(Conversation);
    expect(conversation).toMatchObject({ friendlyName: "new conversation", uniqueName: "walk", createdBy: "ann" });
    expect(conversation.attributes).toEqual({ topic: "tea" });
    expect(conversation.status).toBe("notParticipating");

    expect(await conversation.join()).toBe(conversation);
    expect(conversation.status).toBe("joined");
    expect(await conversation.leave()).toBe(conversation);
    await eventually(() => conversation.status === "notParticipating");
    await conversation.join();
    expect(await ann.getConversationBySid(conversation.sid)).toBe(conversation);
    expect(await ann.getConversationByUniqueName("walk")).toBe(conversation);

    const joined: Participant[] = [];
    conversation.on("participantJoined", (participant) => joined.push(participant));
    const bobJoins = new Promise<Conversation>((resolve) => bob.once("conversationJoined", resolve));
    const answer = await conversation.add("bob", { seat: 2 });
    expect(answer).toMatchObject({ identity: "bob", conversation_sid: conversation.sid, attributes: '{"seat":2}' });
    const outside = await conversation.addNonChatParticipant("+11222333", "+12345678");
    expect(outside.messaging_binding).toMatchObject({ address: "+12345678", proxy_address: "+11222333", type: "sms" });
    await eventually(() => joined.length === 2);
    expect(joined.map((one) => [one.identity, one.type])).toEqual([
      ["bob", "chat"],
      [null, "sms"],
    ]);

    const participants = await conversation.getParticipants();
    expect(participants.map((one) => one.identity)).toEqual(["ann", "bob", null]);
    expect(participants).toContain(joined[0]);
    expect(await conversation.getParticipantByIdentity("bob")).toBe(joined[0]);
    expect((await joined[0]!.getUser()).identity).toBe("bob");
    await expect(conversation.getParticipantByIdentity("cyd")).rejects.toThrow();

    const ofBob = await bobJoins;
    const heard = bodies(bob);
    expect(await conversation.sendMessage("one")).toBe(0);
    expect(await conversation.sendMessage("two", { mood: "fine" })).toBe(1);
    expect(await conversation.prepareMessage().setBody("three").setReplyTo(1).buildAndSend()).toBe(2);
    await eventually(() => heard.length === 3);
    expect(heard).toEqual(["one", "two", "three"]);

    const first = await conversation.getMessages(30, 0, "backwards");
    expect(first.items.map((one) => one.body)).toEqual(["one"]);
    expect([first.hasPrevPage, first.hasNextPage]).toEqual([false, true]);
    await expect(first.prevPage()).rejects.toThrow("No previous page");
    const next = await first.nextPage();
    expect(next.items.map((one) => one.body)).toEqual(["two", "three"]);
    expect((await conversation.getMessages()).items[0]).toBe(first.items[0]);
    expect((await conversation.getMessages(2, 1)).items.map((one) => one.index)).toEqual([0, 1]);
    expect((await conversation.getMessages(1, undefined, "forward")).items.map((one) => one.index)).toEqual([0]);
    expect(next.items[1]!.replyTo).toBe(1);
    expect((await next.items[0]!.getParticipant()).identity).toBe("ann");

    await (await server.client("cyd")).createConversation({ uniqueName: "another" });
    const mine = await ann.getSubscribedConversations();
    expect(mine.items).toEqual([conversation]);
    expect((await bob.getSubscribedConversations()).items).toEqual([ofBob]);
  });
});

test("a closed conversation goes out of sight for all, and stays readable", async () => {
  const [ann, bob] = [await server.client("ann-closes"), await server.client("bob-reads")];
  const conversation = await ann.createConversation({ uniqueName: "last-orders" });
  const own: (string | null)[] = [];
  conversation.on("participantJoined", (participant) => own.push(participant.identity));
  await conversation.join();
  expect(own).toEqual(["ann-closes"]);
  await conversation.add("bob-reads");
  await eventually(() => bob.conversations.length === 1);
  await conversation.sendMessage("drink up");
  await conversation.updateState("closed");
  await eventually(() => bob.conversations.length === 0);
  expect((await ann.getSubscribedConversations()).items).toEqual([]);

  const later = await server.client("bob-reads");
  expect((await later.getSubscribedConversations()).items).toEqual([]);
  const [closed] = (await later.getClosedConversations()).items;
  expect(closed).toMatchObject({ sid: conversation.sid, status: "joined", uniqueName: "last-orders" });
  expect((await closed!.getMessages()).items.map((one) => one.body)).toEqual(["drink up"]);
  await expect(closed!.sendMessage("wait")).rejects.toMatchObject({ code: 50377 });
  expect(await later.getConversationBySid(conversation.sid)).toBe(closed);
});

describe("a conversation of two", () => {
  let [ann, bob]: Client[] = [];
  let mine: Conversation;
  let theirs: Conversation;
  beforeAll(async () => {
    [ann, bob] = [await server.client("ann-2"), await server.client("bob-2")];
    mine = await ann.createConversation({ friendlyName: "two" });
    await mine.join();
    const joins = new Promise<Conversation>((resolve) => bob!.once("conversationJoined", resolve));
    await mine.add("bob-2");
    theirs = await joins;
  });

  test("edits, reactions and deletes change the same objects", async () => {
    const index = await mine.sendMessage("draft");
    const [message] = (await mine.getMessages(1)).items;
    await eventually(async () => (await theirs.getMessages(1)).items[0]?.index === index);
    const [seen] = (await theirs.getMessages(1)).items;
    const reasons: string[] = [];
    seen!.on("updated", ({ updateReasons }) => reasons.push(...updateReasons));
    await message!.updateBody("final");
    await eventually(() => seen!.body === "final");
    expect(reasons).toEqual(expect.arrayContaining(["body", "lastUpdatedBy", "dateUpdated"]));
    await message!.addReaction("👍");
    await eventually(() => seen!.reactions["👍"]?.count === 1);
    expect(seen!.reactions).toEqual({ "👍": { count: 1, identities: ["ann-2"] } });
    const removed = new Promise((resolve) => theirs.once("messageRemoved", resolve));
    await message!.remove();
    expect(await removed).toBe(seen);
  });

  test("reading: horizons and exact counts", async () => {
    expect(await theirs.getUnreadMessagesCount()).toBeNull();
    await mine.sendMessage("a");
    const b = await mine.sendMessage("b");
    await eventually(() => theirs.lastMessage?.index === b);
    expect(await theirs.advanceLastReadMessageIndex(b - 1)).toBe(1);
    expect([theirs.lastReadMessageIndex, theirs.unreadMessagesCount]).toEqual([b - 1, 1]);
    await mine.sendMessage("c");
    await eventually(() => theirs.unreadMessagesCount === 2);
    expect(await theirs.getUnreadMessagesCount()).toBe(2);
    const moved = new Promise<string[]>((resolve) =>
      mine.on("participantUpdated", ({ updateReasons }) => resolve(updateReasons)),
    );
    expect(await theirs.setAllMessagesRead()).toBe(0);
    expect(await moved).toEqual(["lastReadMessageIndex", "lastReadTimestamp"]);
    expect(await theirs.advanceLastReadMessageIndex(0)).toBe(0);
    expect(theirs.lastReadMessageIndex).toBe(b + 1);
    await theirs.setAllMessagesUnread();
    expect([theirs.lastReadMessageIndex, theirs.unreadMessagesCount]).toEqual([null, null]);
  });

  test("names, attributes, muting, typing, users", async () => {
    const updated: string[] = [];
    theirs.on("updated", ({ updateReasons }) => updated.push(...updateReasons));
    await mine.updateFriendlyName("tea");
    await mine.updateAttributes([1, { a: null }]);
    await mine.updateUniqueName("tea-room");
    await eventually(() => theirs.uniqueName === "tea-room");
    expect([theirs.friendlyName, theirs.attributes]).toEqual(["tea", [1, { a: null }]]);
    await mine.updateUniqueName(null);
    await eventually(() => theirs.uniqueName === null);
    expect(updated).toEqual(expect.arrayContaining(["friendlyName", "attributes", "uniqueName"]));
    await theirs.setUserNotificationLevel("muted");
    expect(theirs.notificationLevel).toBe("muted");
    const typing = new Promise<Participant>((resolve) => theirs.once("typingStarted", resolve));
    await mine.typing();
    expect((await typing).identity).toBe("ann-2");
    expect((await typing).isTyping).toBe(true);
    const user = await bob!.getUser("ann-2");
    await ann!.user.updateFriendlyName("Ann");
    await eventually(() => user.friendlyName === "Ann");
  });

  test("search, roles, and what is refused", async () => {
    await mine.sendMessage("a samovar of jasmine");
    const found = await ann!.searchMessages("jasmine");
    expect(found.items.map((one) => one.body)).toEqual(["a samovar of jasmine"]);
    expect(found.items[0]).toBe((await mine.getMessages(1)).items[0]);
    const roles = await ann!.getRoles("conversation");
    const admin = roles.find((one) => one.permissions.includes("removeParticipant"))!;
    const permitted = new Promise<string[]>((resolve) =>
      theirs.on("updated", ({ updateReasons: why }) => why.includes("permissions") && resolve(why)),
    );
    await (await mine.getParticipantByIdentity("bob-2"))!.updateRole(admin.sid);
    expect(await permitted).toEqual(["permissions"]);
    expect(theirs.permissions).toContain("removeParticipant");
    await expect(mine.add("bob-2")).rejects.toMatchObject({ code: 50433, status: 409, body: { code: 50433 } });
    await expect(bob!.getConversationBySid("CHnothing")).rejects.toThrow(
      "Conversation with SID CHnothing was not found",
    );
    await expect(mine.getMessages(101)).rejects.toMatchObject({ code: 20007 });
    await mine.removeParticipant("bob-2");
    await eventually(() => theirs.status === "notParticipating");
    await expect(theirs.sendMessage("still here?")).rejects.toMatchObject({ code: 50350 });
  });
});
