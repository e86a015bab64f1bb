import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { screenshots, World } from "./support/world";
import { Wire } from "./support/wire";

// Pictures of the main states, for whoever changes how the page looks: each is to be looked at.
const world = new World();
const people = ["Ann Lindqvist", "Bashir", "Chiara", "Dmitri"];
let ann: Page;
let garden: string;
beforeAll(async () => {
  await world.start();
  garden = await fill();
  ann = await world.person(people[0]!, { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
});
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]);
});

/** People and what they say to each other. It gives the conversation that says most. */
async function fill(): Promise<string> {
  const wires = await Promise.all(people.map((name) => Wire.open(world.url, name)));
  const [mine, bashir, chiara, dmitri] = wires as [Wire, Wire, Wire, Wire];
  const others: [string, string][] = [
    ["Bicycle workshop", "The new chain has come. Who has time on Saturday?"],
    ["Choir", "We begin at seven, with the Fauré."],
    ["House meeting", "Minutes are in the shared folder."],
    ["Lunch", "Soup today, or the market?"],
    ["Reading group", "I have only got to chapter four, so please: no endings."],
    ["שכנים", "מישהו ראה את המפתחות?"],
    ["Trip to the coast", "The 9:40 has no changes, the 10:15 has two."],
  ];
  for (const [name, said] of others) await chiara.say(await chiara.converse(name, [people[0]!]), [said]);
  const sid = await mine.converse("Community garden", people.slice(1));
  await mine
    .call("participant.add_non_chat", { conversation: sid, proxy_address: "+15550100", address: "+15550142" })
    .catch(() => undefined);
  await mine.say(sid, [
    "Good morning! The tomatoes are out of control.",
    "Does anybody want some? They are at the gate.",
  ]);
  await bashir.say(sid, ["Yes please, I can come by at five."]);
  await chiara.call("reaction.add", { conversation: sid, message: 0, reaction: "🎉" });
  await dmitri.call("reaction.add", { conversation: sid, message: 0, reaction: "🎉" });
  await chiara.say(sid, [
    "This is the bed that I meant, by the way: https://example.com/garden/beds/7. It gets the sun until late, so beans may be better there than lettuce. What do you think?",
  ]);
  await dmitri.call("message.send", {
    conversation: sid,
    body: "Beans it is. I have seeds left from last year.",
    reply_to: 3,
    nonce: "r",
  });
  await mine.say(sid, ["Then I bring the poles."]);
  for (const wire of [bashir, chiara]) await wire.call("read.set", { conversation: sid, index: 5 });
  await mine.call("read.set", { conversation: sid, index: 5 });
  await bashir.say(sid, ["Perfect.", "I am bringing a watering can too, the old one leaks."]);
  for (const wire of wires) wire.close();
  return sid;
}

const shot = (page: Page, name: string): Promise<Buffer> => page.screenshot({ path: `${screenshots}/${name}.png` });

test("the door, the conversation, its details, a dialog and a search, in light and dark", async () => {
  const door = await world.door({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  await ann.goto(`${world.url}/#${garden}`);
  await ann.locator("#m7").waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    for (const page of [door, ann]) await page.emulateMedia({ colorScheme });
    await shot(door, `door-${colorScheme}`);
    await ann.locator("#m3").hover();
    await shot(ann, `conversation-${colorScheme}`);
    await ann.getByRole("button", { name: "Details" }).click();
    await ann.getByLabel("Role of Bashir").waitFor();
    await shot(ann, `details-${colorScheme}`);
    await ann.getByRole("button", { name: "Close", exact: true }).click();
    await ann.getByRole("button", { name: "New conversation" }).click();
    await shot(ann, `dialog-${colorScheme}`);
    await ann.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await ann.getByLabel("Search").fill("the");
    await ann.getByRole("region", { name: "Messages" }).getByRole("link").first().waitFor();
    await shot(ann, `search-${colorScheme}`);
    await ann.getByLabel("Search").fill("");
  }
});

test("files, and a reply that is begun", async () => {
  await ann.emulateMedia({ colorScheme: "light" });
  await ann.locator("#m3").hover();
  await ann.locator("#m3").getByRole("button", { name: "Reply" }).click();
  await ann.getByLabel("Attach files").setInputFiles([
    { name: "garden plan.png", mimeType: "image/png", buffer: await shot(ann, "files") },
    { name: "seeds.txt", mimeType: "text/plain", buffer: Buffer.from("beans") },
  ]);
  await ann.getByLabel("Write a message").fill("Like this?");
  await ann.locator(".composer .files img").waitFor();
  await shot(ann, "composing");
  await ann.getByRole("button", { name: "Send" }).click();
  const picture = ann.locator("#m8 img");
  await picture.waitFor();
  await expect.poll(() => picture.evaluate((one: HTMLImageElement) => one.complete), { timeout: 30_000 }).toBe(true);
  await shot(ann, "files");
});

test("a phone", async () => {
  const phone = await world.person(people[0]!, {
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    colorScheme: "light",
  });
  await phone.getByRole("link", { name: /Community garden/ }).waitFor();
  await shot(phone, "phone-list");
  await phone.getByRole("link", { name: /Community garden/ }).tap();
  await phone.locator("#m7").waitFor();
  await shot(phone, "phone-conversation");
  await phone.locator("#m7").tap();
  await phone.locator("#m7 .tools").waitFor();
  await shot(phone, "phone-tools");
  await phone.getByRole("button", { name: "Details" }).tap();
  await phone.getByLabel("Role of Bashir").waitFor();
  await shot(phone, "phone-details");
});

test("offline", async () => {
  await world.kill();
  await ann.getByText("Offline.").waitFor();
  await ann.getByLabel("Write a message").fill("I will be ten minutes late.");
  await ann.getByLabel("Write a message").press("Enter");
  await ann.getByText("waiting to be sent").waitFor();
  await shot(ann, "offline");
  await world.serve();
});
