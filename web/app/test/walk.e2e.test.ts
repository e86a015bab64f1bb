import type { Client, Conversation, Participant } from "parley-conversations";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addLibrary, type Scope } from "./support/library";
import { say, World } from "./support/world";

declare const globalThis: Scope & { ann: Client; garden: Conversation; joined: Participant[] };

const world = new World();
beforeAll(() => world.start());
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]);
});

test("create, join, leave and add, by the controls of the page", async () => {
  const [ann, bob, eve] = [await world.person("ann"), await world.person("bob"), await world.person("eve")];
  await ann.getByRole("button", { name: "New conversation" }).click();
  await ann.getByLabel("What it is about").fill("new conversation");
  await ann.getByLabel("Unique name (optional)").fill("new-conversation");
  await ann.getByRole("button", { name: "Create", exact: true }).click();
  await ann.getByRole("heading", { name: "new conversation" }).waitFor();
  await ann.getByText("1 participant", { exact: true }).waitFor();
  await ann.getByRole("button", { name: "Details" }).click();
  const people = ann.getByRole("region", { name: "Participants" }).getByRole("listitem");

  await bob.getByRole("button", { name: "Join" }).click();
  await bob.getByLabel("Its unique name or sid").fill("new-conversation");
  await bob.getByRole("dialog").getByRole("button", { name: "Join" }).click();
  await bob.getByRole("heading", { name: "new conversation" }).waitFor();
  await people.filter({ hasText: "bob" }).waitFor(); // participantJoined
  await bob.getByRole("button", { name: "Details" }).click();
  await bob.getByRole("button", { name: "Leave" }).click();
  await people.filter({ hasText: "bob" }).waitFor({ state: "detached" });
  await bob.getByRole("link", { name: /new conversation/ }).waitFor({ state: "detached" });

  const who = ann.getByLabel("A name, a phone number or an e-mail address");
  await who.fill("bob");
  await who.evaluate((field: HTMLInputElement) => {
    field.form!.requestSubmit();
    field.value = "+15550102"; // before the answer: it must stay
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await bob.getByRole("link", { name: /new conversation/ }).waitFor();
  await ann.getByLabel("From this number or address of yours").fill("+15550101");
  await ann.getByRole("button", { name: "Add", exact: true }).click();
  await people.filter({ hasText: "+15550102" }).waitFor();
  expect(await people.locator("bdi").allInnerTexts()).toEqual(["ann", "bob", "+15550102"]);
  await ann.getByText("3 participants", { exact: true }).waitFor();

  // Conversations are private: only those who are in it have it in their lists.
  expect(await eve.getByRole("navigation").getByRole("listitem").count()).toBe(0);
});

test("the same by the library in the browser", async () => {
  const [ann, bob] = [await world.person("ann-calls"), await world.person("bob-looks")];
  await addLibrary(ann);
  const made = await ann.evaluate(async () => {
    const token = await (await fetch("/dev/token?identity=ann-calls")).text();
    const client = (globalThis.ann = await globalThis.Parley.Conversations.Client.create(token.trim()));
    const conversation = await client.createConversation({
      attributes: { topic: "roses" },
      friendlyName: "Garden",
      uniqueName: "garden",
    });
    globalThis.garden = conversation;
    globalThis.joined = [];
    conversation.on("participantJoined", (participant) => globalThis.joined.push(participant));
    await conversation.join();
    await conversation.leave();
    const left = conversation.status;
    await conversation.join();
    const { attributes, friendlyName, uniqueName, status, createdBy } = conversation;
    return { left, attributes, friendlyName, uniqueName, status, createdBy };
  });
  expect(made).toEqual({
    left: "notParticipating",
    attributes: { topic: "roses" },
    friendlyName: "Garden",
    uniqueName: "garden",
    status: "joined",
    createdBy: "ann-calls",
  });
  await ann.getByRole("link", { name: /Garden/ }).waitFor(); // the page is a client of its own

  await ann.evaluate(async () => {
    await globalThis.garden.add("bob-looks");
    await globalThis.garden.addNonChatParticipant("+11222333", "+12345678");
  });
  await ann.waitForFunction(() => globalThis.joined.length >= 4);
  const people = await ann.evaluate(async () => ({
    joined: globalThis.joined.map((one) => one.identity ?? one.address),
    all: (await globalThis.garden.getParticipants()).map((one) => [one.identity, one.type]),
  }));
  const outside = { address: "+12345678", proxyAddress: "+11222333" };
  expect(people.joined).toEqual(["ann-calls", "ann-calls", "bob-looks", outside]);
  expect(people.all).toEqual([
    ["ann-calls", "chat"],
    ["bob-looks", "chat"],
    [null, "sms"],
  ]);

  await bob.getByRole("link", { name: /Garden/ }).click();
  for (const body of ["one", "two", "three"]) await say(bob, body);
  await bob.locator("#m2").waitFor(); // it is stored
  const pages = await ann.evaluate(async () => {
    const first = await globalThis.garden.getMessages(30, 0, "backwards");
    const next = await first.nextPage();
    const { items } = await next.prevPage();
    const bodies = [first.items, next.items, items].map((all) => all.map((one) => one.body));
    return { bodies, ends: [first.hasPrevPage, first.hasNextPage, next.hasPrevPage, next.hasNextPage] };
  });
  expect(pages).toEqual({ bodies: [["one"], ["two", "three"], ["one"]], ends: [false, true, true, false] });

  await addLibrary(bob);
  const [ofAnn, ofBob] = await Promise.all([
    ann.evaluate(async () => (await globalThis.ann.getSubscribedConversations()).items.map((one) => one.uniqueName)),
    bob.evaluate(async () => {
      const token = await (await fetch("/dev/token?identity=bob-looks")).text();
      const client = await globalThis.Parley.Conversations.Client.create(token.trim());
      await client.createConversation({ uniqueName: "somebody else's" });
      const { items } = await client.getSubscribedConversations();
      return items.map((one) => one.uniqueName);
    }),
  ]);
  expect([ofAnn, ofBob]).toEqual([["garden"], ["garden"]]);
});
