import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { World } from "./support/world";

const world = new World();
beforeAll(() => world.start());
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]);
});

/** What has the focus, as a screen reader would name it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const it = document.activeElement as HTMLElement;
    const label = (it as HTMLInputElement).labels?.[0]?.textContent;
    return (it.getAttribute("aria-label") ?? label ?? it.textContent ?? "").trim();
  });

/** Presses Tab until something of that name has the focus, which has to be seen. */
async function tabTo(page: Page, name: string, key = "Tab"): Promise<void> {
  const met: string[] = [];
  for (let steps = 0; steps < 60; steps++) {
    if ((await focused(page)).startsWith(name)) {
      const ring = await page.evaluate(() => {
        const it = document.activeElement!;
        return it.matches(":focus-visible") || it.parentElement!.matches(":focus-within");
      });
      expect(ring, name).toBe(true);
      return;
    }
    await page.keyboard.press(key);
    met.push(await focused(page));
  }
  throw new Error(`${name} is not reached, but ${met.join(", ")}`);
}

async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

test("everything is done with keys alone", async () => {
  const bob = await world.person("bob");
  const ann = await world.door();
  await tabTo(ann, "Your name");
  await type(ann, "ann");
  await ann.getByRole("navigation", { name: "Conversations" }).waitFor();

  await tabTo(ann, "New conversation");
  await ann.keyboard.press("Enter");
  await ann.getByRole("dialog").waitFor();
  await tabTo(ann, "What it is about");
  await type(ann, "Keys");
  await ann.getByRole("heading", { name: "Keys" }).waitFor();
  await ann.locator("textarea:focus").waitFor(); // one may write at once

  await type(ann, "one");
  await type(ann, "too");
  await ann.locator("#m1").waitFor();
  await ann.keyboard.press("ArrowUp");
  await ann.getByRole("textbox", { name: "Edit" }).waitFor();
  await ann.keyboard.press("Control+A");
  await type(ann, "two");
  await ann.locator("#m1 .words", { hasText: "two" }).waitFor();
  await ann.locator("textarea:focus").waitFor();
  await ann.keyboard.press("ArrowUp");
  await ann.getByRole("textbox", { name: "Edit" }).waitFor();
  await ann.keyboard.press("Escape");
  await ann.locator("form.composer textarea:focus").waitFor();

  await tabTo(ann, "Message by ann", "Shift+Tab");
  await ann.keyboard.press("ArrowUp");
  await ann.locator("#m0:focus").waitFor();
  await tabTo(ann, "React with 👍");
  await ann.keyboard.press("Enter");
  await ann.locator("#m0").getByRole("button", { name: "👍, 1" }).waitFor();
  await tabTo(ann, "Reply");
  await ann.keyboard.press("Enter");
  await ann.locator("form.composer textarea:focus").waitFor();
  await ann.keyboard.press("Escape"); // no reply after all
  await ann.locator(".reply").waitFor({ state: "detached" });
  await tabTo(ann, "Message by ann", "Shift+Tab");
  await tabTo(ann, "Delete");
  await ann.keyboard.press("Enter");
  await ann.getByRole("dialog").waitFor();
  await tabTo(ann, "Delete");
  await ann.keyboard.press("Enter");
  await expect.poll(() => ann.getByRole("article").count(), { timeout: 30_000 }).toBe(1);

  await ann.locator("body").press("Shift+Tab");
  await tabTo(ann, "Details");
  await ann.keyboard.press("Enter");
  await tabTo(ann, "Close");
  await tabTo(ann, "A name, a phone number");
  await type(ann, "bob");
  await bob.getByRole("link", { name: /Keys/ }).waitFor();
  await ann.keyboard.press("Escape");
  await ann.getByRole("complementary").waitFor({ state: "detached" });

  await tabTo(ann, "Colours as the system has them");
  await ann.keyboard.press("Enter");
  expect(await focused(ann)).toBe("Light colours");
  await tabTo(ann, "New conversation");
  await ann.keyboard.press("Enter");
  await tabTo(ann, "What it is about");
  await type(ann, "Another");
  await ann.getByRole("heading", { name: "Another" }).waitFor();
  await tabTo(ann, "A"); // the first of the list, by its avatar's letter
  await ann.keyboard.press("ArrowDown");
  await ann.keyboard.press("Enter");
  await ann.getByRole("heading", { name: "Keys" }).waitFor();
  await tabTo(ann, "Sign out");
  await ann.keyboard.press("Enter");
  await ann.getByLabel("Your name").waitFor();
});
