import { afterAll, beforeAll, expect, test } from "vitest";
import { faultsOf } from "./support/axe";
import { converse, say, World } from "./support/world";

const world = new World();
beforeAll(() => world.start());
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]);
});

test("two people talk", async () => {
  const [ann, bob] = [await world.person("ann"), await world.person("bob")];
  await converse(ann, "Tea", "bob");
  await say(ann, "Tea at five? https://example.com/tea.");
  await bob.getByRole("link", { name: /Tea/ }).click();
  const there = bob.getByRole("log").getByRole("article").first();
  await there.getByText("Tea at five?").waitFor();
  expect(await there.getByRole("link").getAttribute("href")).toBe("https://example.com/tea");
  await bob.getByLabel("Write a message").fill("Gl");
  await ann.getByText("bob is typing…").waitFor();
  await say(bob, "Gladly. 🫖");
  await ann.getByText("Gladly. 🫖").first().waitFor();
  await ann.getByText("Read by bob").waitFor();

  await there.hover();
  await there.getByRole("button", { name: "React with 👍" }).click();
  await ann.getByRole("button", { name: "👍, 1" }).waitFor();
  await there.getByRole("button", { name: "Reply" }).click();
  await say(bob, "With cake");
  await ann.getByText("In reply to ann").waitFor();

  const mine = ann.getByRole("article").first();
  await mine.hover();
  await mine.getByRole("button", { name: "Edit", exact: true }).click();
  await mine.getByRole("textbox", { name: "Edit" }).fill("Tea at six?");
  await mine.getByRole("button", { name: "Save" }).click();
  await bob.getByText("Tea at six?").first().waitFor();
  const his = bob.getByRole("article").last();
  await his.hover();
  await his.getByRole("button", { name: "Delete" }).click();
  await bob.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await ann.getByRole("log").getByText("With cake").waitFor({ state: "detached" });

  for (const scheme of ["light", "dark"] as const) {
    await ann.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" }); // colours are there at once
    expect(await faultsOf(ann)).toEqual([]);
  }
});

test("what is written while the server is away is sent once", async () => {
  const [ann, bob] = [await world.person("ann"), await world.person("bob")];
  await converse(ann, "Away", "bob");
  await say(ann, "before");
  await bob.getByRole("link", { name: /Away/ }).click();
  await bob.getByRole("log").getByText("before").waitFor();
  await world.kill();
  await ann.getByText("Offline.").waitFor();
  for (const body of ["one", "two", "three"]) await say(ann, body);
  await ann.getByText("waiting to be sent").nth(2).waitFor();
  await world.serve();
  for (const page of [ann, bob]) {
    await page.getByRole("log").getByText("three").waitFor();
    await page.locator("[data-status=pending]").first().waitFor({ state: "detached" });
    expect(await page.getByRole("log").locator(".words").allInnerTexts()).toEqual(["before", "one", "two", "three"]);
  }
});

test("what people write is never markup", async () => {
  const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const ann = await world.person(`${evil} ann`);
  await converse(ann, `${evil} title`, `${evil} bob`);
  await say(ann, `${evil} javascript:alert(1) https://example.com/"onclick="x`);
  const words = ann.getByRole("log").locator(".words");
  await words.waitFor();
  expect(await words.innerText()).toContain("<script>");
  expect(await ann.locator("img, script:not([src])").count()).toBe(0);
});

test("a phone shows one thing at a time, and keys are enough", async () => {
  const phone = await world.person("phone", { viewport: { width: 360, height: 700 }, hasTouch: true });
  await converse(phone, "Small", "bob");
  await say(phone, "hello");
  await phone.getByRole("log").getByText("hello").waitFor();
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await phone.getByRole("button", { name: "Back to the conversations" }).click();
  await phone.getByRole("link", { name: /Small/ }).waitFor();
  expect(await phone.getByRole("log").isVisible()).toBe(false);
  expect(await faultsOf(phone)).toEqual([]);
  await phone.getByRole("link", { name: /Small/ }).focus();
  await phone.keyboard.press("Enter");
  await phone.getByLabel("Write a message").focus();
  await phone.keyboard.type("by keys");
  await phone.keyboard.press("Enter");
  await phone.getByRole("log").getByText("by keys").waitFor();
});
