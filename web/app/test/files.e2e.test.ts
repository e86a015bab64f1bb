import { afterAll, beforeAll, expect, test } from "vitest";
import { converse, World } from "./support/world";

const world = new World();
beforeAll(() => world.start());
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]);
});

/** A picture of one pixel. */
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

test("files are looked at, sent, cancelled on their way, and fetched", async () => {
  const [ann, bob] = [await world.person("ann"), await world.person("bob")];
  await converse(ann, "Files", "bob");
  await bob.getByRole("link", { name: /Files/ }).click();
  const attach = ann.getByLabel("Attach files");
  await attach.setInputFiles([
    { name: "pixel.png", mimeType: "image/png", buffer: picture },
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") },
    { name: "not this.txt", mimeType: "text/plain", buffer: Buffer.from("no") },
  ]);
  const composer = ann.locator("form.composer");
  expect(await composer.locator("img").getAttribute("src")).toMatch(/^blob:/u);
  await ann.getByRole("button", { name: "Remove not this.txt" }).click();
  await ann.getByLabel("Write a message").fill("two files");
  await ann.getByRole("button", { name: "Send" }).click();
  const there = bob.getByRole("article").first();
  const image = there.getByRole("img", { name: /pixel.png/ });
  await image.waitFor();
  await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.naturalWidth), { timeout: 30_000 }).toBe(1);
  const [download] = await Promise.all([
    bob.waitForEvent("download"),
    there.getByRole("link", { name: /notes.txt/ }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("notes.txt");
  expect(await there.getByText("not this").count()).toBe(0);

  // One that is on its way, for as long as its upload is held back.
  const held = new Promise<() => void>((resolve) => {
    void ann.route("**/Media?*", (route) => resolve(() => void route.abort().catch(() => undefined)), { times: 1 });
  });
  await attach.setInputFiles([
    { name: "large.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(100_000) },
  ]);
  await ann.getByRole("button", { name: "Send" }).click();
  await ann.getByRole("progressbar", { name: "How much of the files is there" }).waitFor();
  const release = await held;
  await ann.getByRole("article").getByRole("button", { name: "Cancel" }).click();
  await ann.getByText("large.bin").waitFor({ state: "detached" });
  release();
  await ann.getByLabel("Write a message").fill("after that");
  await ann.getByLabel("Write a message").press("Enter");
  await bob.locator("#m1", { hasText: "after that" }).waitFor();
});
