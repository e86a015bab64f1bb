import { afterAll, beforeAll, expect, test } from "vitest";
import { converse, say, World } from "./support/world";

const world = new World();
beforeAll(() => world.start());
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]);
});

test("rename, mute, roles, removing, closing and deleting", async () => {
  const [ann, bob] = [await world.person("ann"), await world.person("bob")];
  await converse(ann, "Deeds", "bob");
  await say(ann, "kept");
  await bob.getByRole("link", { name: /Deeds/ }).click();
  for (const page of [ann, bob]) await page.getByRole("button", { name: "Details" }).click();

  // Who did not make it may do little.
  for (const name of ["Close the conversation", "Delete the conversation", "Remove ann", "Save"]) {
    expect(await bob.getByRole("button", { name, exact: true }).count()).toBe(0);
  }
  const role = ann.getByLabel("Role of bob");
  const more = (await role.locator("option").allInnerTexts()).find((one) => /admin/iu.test(one))!;
  await role.selectOption(more);
  await bob.getByRole("button", { name: "Remove ann" }).waitFor();

  await ann.getByLabel("Name", { exact: true }).fill("Renamed");
  await ann.getByRole("button", { name: "Save" }).click();
  await bob.getByRole("heading", { name: "Renamed" }).waitFor();
  await bob.getByRole("button", { name: "Mute" }).click();
  await bob.getByRole("navigation").getByLabel("muted").waitFor();
  await bob.getByRole("button", { name: "Unmute" }).click();
  await bob.getByRole("navigation").getByLabel("muted").waitFor({ state: "detached" });

  await ann.getByRole("button", { name: "Remove bob" }).click();
  await bob.getByRole("link", { name: /Renamed/ }).waitFor({ state: "detached" });
  await ann.getByLabel("A name, a phone number or an e-mail address").fill("bob");
  await ann.getByRole("button", { name: "Add", exact: true }).click();
  await bob.getByRole("link", { name: /Renamed/ }).waitFor();

  await ann.getByRole("button", { name: "Close the conversation" }).click();
  await ann.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await ann.getByRole("button", { name: "Close the conversation" }).click();
  await ann.getByRole("dialog").getByRole("button", { name: "Close the conversation" }).click();
  await bob.getByRole("link", { name: /Renamed/ }).waitFor({ state: "detached" });
  await bob.getByRole("button", { name: "Closed conversations" }).click();
  await bob.getByRole("link", { name: /Renamed/ }).click();
  await bob.getByRole("log").getByText("kept").waitFor();
  await bob.getByText("This conversation is closed.").waitFor();
  expect(await bob.getByLabel("Write a message").count()).toBe(0);
  await bob.getByRole("button", { name: "Back to the open ones" }).click();

  await converse(ann, "Gone soon", "bob");
  await ann.getByRole("button", { name: "Details" }).click();
  await ann.getByRole("button", { name: "Delete the conversation" }).click();
  await ann.getByRole("dialog").getByRole("button", { name: "Delete the conversation" }).click();
  for (const page of [ann, bob]) await page.getByRole("link", { name: /Gone soon/ }).waitFor({ state: "detached" });
});

test("the colours are one's own choice, and there from the first drawing on", async () => {
  const ann = await world.person("theme", { colorScheme: "light" });
  const ground = (): Promise<string> => ann.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  const change = ann.locator("button.theme");
  await change.click(); // light, whatever the system has
  await ann.emulateMedia({ colorScheme: "dark" });
  expect(await ground()).toBe(light);
  await change.click();
  await ann.emulateMedia({ colorScheme: "light" });
  const dark = await ground();
  expect(dark).not.toBe(light);
  await ann.addInitScript(() => {
    const frames: string[] = ((globalThis as unknown as { frames: string[] }).frames = []);
    const look = (): void => {
      if (document.body) frames.push(getComputedStyle(document.body).backgroundColor);
      if (frames.length < 10) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await ann.reload();
  await ann.waitForFunction(() => (globalThis as unknown as { frames: string[] }).frames.length >= 10);
  const frames = await ann.evaluate(() => (globalThis as unknown as { frames: string[] }).frames);
  expect(new Set(frames)).toEqual(new Set([dark]));
});
