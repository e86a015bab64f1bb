import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faultsOf } from "./support/axe";
import { converse, say, World } from "./support/world";

const world = new World();
beforeAll(() => world.start());
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]);
});

/** Nothing is wrong for axe, in light and in dark. */
async function clean(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" }); // colours are there at once
    expect(await faultsOf(page), `${what}, ${colorScheme}`).toEqual([]);
  }
}

test("axe finds nothing at the door, in dialogs, details, search, files and what failed", async () => {
  const door = await world.door();
  await door.getByText("Or an access token").click();
  await door.getByRole("textbox", { name: "Or an access token" }).fill("nonsense");
  await door.getByRole("button", { name: "Enter" }).click();
  await door.getByRole("alert").waitFor();
  await clean(door, "the door");

  const ann = await world.person("ann");
  await clean(ann, "an empty list");
  for (const name of ["New conversation", "Join"]) {
    await ann.getByRole("button", { name, exact: true }).click();
    await ann.getByRole("dialog").waitFor();
    await clean(ann, name);
    await ann.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  }
  await converse(ann, "Looks", "bob");
  await say(ann, "something to find https://example.com");
  await ann.locator("#m0").hover();
  await ann.locator("#m0").getByRole("button", { name: "React with 👍" }).click();
  await ann.locator("#m0").getByRole("button", { name: "Reply" }).click();
  await ann
    .getByLabel("Attach files")
    .setInputFiles([{ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") }]);
  await ann.getByRole("button", { name: "Details" }).click();
  await ann.getByLabel("A name, a phone number or an e-mail address").fill("+15550001");
  await ann.getByLabel("From this number or address of yours").waitFor();
  await clean(ann, "details, with a reply and a file begun");
  await ann.getByRole("button", { name: "Delete the conversation" }).click();
  await clean(ann, "a question");
  await ann.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await ann.getByLabel("Search").fill("something");
  await ann.getByRole("region", { name: "Messages" }).getByRole("link").waitFor();
  await clean(ann, "search");
  await ann.getByLabel("Write a message").fill("x".repeat(40_000)); // more than the server takes
  await ann.getByRole("button", { name: "Send" }).click();
  await ann.getByText("not sent").waitFor();
  await clean(ann, "a message that failed");
  await ann.getByRole("button", { name: "Discard" }).click();
});

/** Whether nothing sticks out at the side. */
const fits = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

test("a phone shows each pane whole", async () => {
  const phone = await world.door({ viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true });
  expect(await fits(phone)).toBe(true);
  await phone.getByLabel("Your name").fill("phone");
  await phone.getByRole("button", { name: "Enter" }).tap();
  await phone.getByRole("button", { name: "New conversation" }).tap();
  expect(await fits(phone)).toBe(true);
  await phone.getByRole("dialog").getByRole("button", { name: "Cancel" }).tap();
  const long = "Averyveryverylongnamewithoutanyspaceinit".repeat(3);
  await converse(phone, long, `${long}@example`.slice(0, 100));
  await say(phone, long.repeat(4));
  const message = phone.locator("#m0");
  await message.tap();
  await message.getByRole("button", { name: "Reply" }).tap();
  await phone.locator(".reply").waitFor();
  expect(await fits(phone)).toBe(true);
  await clean(phone, "a thread on a phone");
  await phone.getByRole("button", { name: "Details" }).tap();
  await phone.getByRole("complementary").waitFor();
  expect(await fits(phone)).toBe(true);
  expect(await phone.getByRole("log").isVisible()).toBe(false);
  await clean(phone, "details on a phone");
  await phone.getByRole("button", { name: "Close", exact: true }).tap();
  await phone.getByRole("button", { name: "Back to the conversations" }).tap();
  await phone.getByRole("link", { name: /Averyvery/ }).waitFor();
  expect(await fits(phone)).toBe(true);
  await clean(phone, "the list on a phone");
});

test("right to left and emoji", async () => {
  const family = "👨‍👩‍👧‍👦";
  const ann = await world.person(`${family} ann`);
  expect(await ann.getByRole("navigation").locator("header .avatar").innerText()).toBe(`${family}A`);
  await converse(ann, "שיחה על תה", "שָׁלוֹם");
  await say(ann, "שלום, מה שלומך? https://example.com");
  await say(ann, "hello شاي and שלום");
  await ann.locator("#m1").waitFor();
  const sides = await ann.locator(".words").evaluateAll((all) => all.map((one) => getComputedStyle(one).direction));
  expect(sides).toEqual(["rtl", "ltr"]);
  await say(ann, family.repeat(3));
  expect(await ann.locator("#m2 .words").innerText()).toBe(family.repeat(3));

  // Should the page itself be translated: it is its own mirror image.
  const listAt = (): Promise<number> =>
    ann.getByRole("navigation").evaluate((one) => Math.round(one.getBoundingClientRect().left));
  expect(await listAt()).toBe(0);
  await ann.evaluate(() => (document.documentElement.dir = "rtl"));
  expect(await listAt()).toBeGreaterThan(800);
  expect(await fits(ann)).toBe(true);
  const message = ann.locator("#m1");
  await message.hover();
  const inside = await message.locator(".tools").evaluate((one) => one.getBoundingClientRect().left >= 0);
  expect(inside).toBe(true);
});
