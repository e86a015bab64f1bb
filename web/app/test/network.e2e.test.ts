import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { converse, say, until, World } from "./support/world";

const world = new World();
beforeAll(() => world.start());
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]);
});

const bodies = (page: Page): Promise<string[]> => page.getByRole("log").locator(".words").allInnerTexts();

/** The methods of what a page sends from now on. */
function calls(page: Page): string[] {
  const all: string[] = [];
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => {
      for (const [, method] of String(payload).matchAll(/"method":"([^"]+)"/gu)) all.push(method!);
    });
  });
  return all;
}

/** How many things of a kind a browser keeps of somebody. */
const kept = (page: Page, identity: string, kind: string): Promise<number> =>
  page.evaluate(
    async ([identity, kind]) => {
      const open = indexedDB.open(`parley ${identity}`);
      const database = await new Promise<IDBDatabase>((resolve) => (open.onsuccess = () => resolve(open.result)));
      const all = database.transaction("kept").objectStore("kept").getAllKeys();
      const keys = await new Promise<IDBValidKey[]>((resolve) => (all.onsuccess = () => resolve(all.result)));
      database.close();
      return keys.filter((key) => String(key).includes(`|${kind}|`)).length;
    },
    [identity, kind] as const,
  );

test("what is written while the network is cut is sent once", async () => {
  const [ann, bob] = [await world.person("ann"), await world.person("bob")];
  await converse(ann, "Cut", "bob");
  await say(ann, "before");
  await bob.getByRole("link", { name: /Cut/ }).click();
  await bob.getByRole("log").getByText("before").waitFor();
  await ann.context().setOffline(true);
  for (const body of ["one", "two", "three"]) await say(ann, body);
  await ann.getByText("Offline.").waitFor();
  await ann.getByText("waiting to be sent").first().waitFor();
  await ann.getByRole("button", { name: "Sign out" }).click(); // which would give them up, and so asks
  await ann.getByText("3 messages have not been sent yet.").waitFor();
  await ann.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await ann.context().setOffline(false);
  for (const page of [ann, bob]) {
    await page.getByRole("log").getByText("three").waitFor();
    await page.locator("[data-status=pending]").first().waitFor({ state: "detached" });
    expect(await bodies(page)).toEqual(["before", "one", "two", "three"]);
  }
});

test("a token that ended is replaced while one goes on", async () => {
  const ann = await world.door();
  let asked = 0;
  await ann.route("**/dev/token*", async (route) => {
    asked++;
    if (asked === 1) await route.fulfill({ body: world.brief("short", 5), contentType: "text/plain" });
    else if (asked < 4)
      await route.abort(); // so that the first does end
    else await route.continue();
  });
  const ends = Date.now() + 5_000;
  await ann.getByLabel("Your name").fill("short");
  await ann.getByRole("button", { name: "Enter" }).click();
  await converse(ann, "Short", "bob");
  await say(ann, "with the first");
  await ann.getByRole("log").getByText("with the first").waitFor();
  await until(() => Date.now() > ends && asked >= 4);
  await say(ann, "with another");
  await ann.locator("#m1", { hasText: "with another" }).waitFor();
  expect(await bodies(ann)).toEqual(["with the first", "with another"]);
});

test("a cold start shows what was known without a server, and signing out forgets it", async () => {
  const ann = await world.person("cold");
  await converse(ann, "Kept", "bob");
  await say(ann, "for later");
  await ann.locator("#m0").waitFor();
  const other = await world.tab(ann, "somebody else");
  await other.getByText("No conversations yet.").waitFor();
  // What was sent is forgotten with the same write that keeps the message.
  await expect.poll(() => kept(ann, "cold", "draft"), { timeout: 30_000 }).toBe(0);
  await expect.poll(() => kept(ann, "cold", "messages"), { timeout: 30_000 }).toBe(1);
  await ann.routeWebSocket(/./u, () => undefined); // a server that says nothing
  await ann.reload();
  await ann.getByRole("log").getByText("for later").waitFor();
  await ann.getByRole("link", { name: /Kept/ }).waitFor();
  await ann.getByText("Connecting…").waitFor();
  await ann.getByRole("button", { name: "Sign out" }).click();
  await ann.getByLabel("Your name").waitFor();
  await ann.waitForFunction(async () => {
    const names = (await indexedDB.databases()).map((one) => one.name);
    return names.includes("parley somebody else") && !names.includes("parley cold");
  });
});

test("two tabs of one user send once, and one sends what another left when it was closed", async () => {
  const [one, bob] = [await world.person("tabs"), await world.person("tabs-bob")];
  await converse(one, "Twice", "tabs-bob");
  const other = await world.tab(one, "tabs");
  const sent = calls(other);
  await other.reload(); // so that its calls are heard from the beginning
  for (const page of [other, bob]) await page.getByRole("link", { name: /Twice/ }).click();
  await one.context().setOffline(true);
  for (const page of [one, other]) await page.getByText("Offline.").waitFor();
  for (const body of ["mine", "and mine"]) await say(one, body);
  await expect.poll(() => kept(other, "tabs", "draft"), { timeout: 30_000 }).toBe(2);
  await one.close();
  await other.context().setOffline(false);
  for (const page of [bob, other]) {
    await page.getByRole("log").getByText("and mine").waitFor();
    await page.locator("[data-status=pending]").first().waitFor({ state: "detached" });
    expect(await bodies(page)).toEqual(["mine", "and mine"]);
  }
  expect(sent.filter((method) => method === "message.send")).toHaveLength(2);
  expect(await bob.locator("#m2").count()).toBe(0);
});

test("what one tab marked as read the other does not", async () => {
  const [one, bob] = [await world.person("reads"), await world.person("writes")];
  await converse(bob, "Marks", "reads");
  const other = await world.tab(one, "reads");
  const tabs = [one, other];
  const marks = tabs.map(calls);
  for (const page of tabs) await page.reload();
  await one.getByRole("link", { name: /Marks/ }).click();
  await say(bob, "first");
  await bob.getByText("Read by reads").waitFor();
  await other.locator(".badge").waitFor({ state: "detached" });
  await other.getByRole("link", { name: /Marks/ }).click();
  await other.getByRole("log").getByText("first").waitFor();
  await say(other, "second");
  await one.getByRole("log").getByText("second").waitFor();
  const read = marks.map((all) => all.filter((method) => method === "read.set").length);
  expect(read[0]! + read[1]!).toBeGreaterThan(0);
  expect(read[1]).toBeLessThanOrEqual(1); // its own message alone
});
