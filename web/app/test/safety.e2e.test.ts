import { afterAll, beforeAll, expect, test } from "vitest";
import { addLibrary, type Scope } from "./support/library";
import { say, World } from "./support/world";

declare const globalThis: Scope & { pwned?: unknown };

const world = new World();
beforeAll(() => world.start());
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]); // nothing even tried to run
});

/** What would do harm where it is markup, in an attribute, or an address. */
const evil = (where: string): string =>
  `<img src=x onerror="globalThis.pwned='${where}'"><script>globalThis.pwned='${where}'</script>"'><b>${where}</b>`;

test("what people write, in any field, is text and never markup", async () => {
  const me = evil("identity");
  const ann = await world.person(me);
  const strong = ann.getByRole("navigation").locator("header strong");
  expect(await strong.innerText()).toBe(me);

  await ann.getByRole("button", { name: "New conversation" }).click();
  await ann.getByLabel("What it is about").fill(evil("friendly name"));
  await ann.getByLabel("Unique name (optional)").fill(evil("unique name"));
  await ann.getByRole("button", { name: "Create", exact: true }).click();
  await ann.getByRole("heading", { level: 2 }).filter({ hasText: "<b>friendly name</b>" }).waitFor();

  await ann.getByRole("button", { name: "Details" }).click();
  await ann.getByText(`Joined as ${evil("unique name")}`).waitFor();
  const who = ann.getByLabel("A name, a phone number or an e-mail address");
  for (const [name, proxy] of [
    [evil("participant"), ""],
    [`<img/src=x/onerror="pwned='address'">@example.com`, `"><img/src=x/onerror=pwned=1>@example.org`],
  ] as const) {
    await who.fill(name);
    if (proxy) await ann.getByLabel("From this number or address of yours").fill(proxy);
    await ann.getByRole("button", { name: "Add", exact: true }).click();
    const added = ann.getByRole("complementary").getByText(name, { exact: true });
    await added.or(ann.getByRole("alert").locator("p")).first().waitFor(); // in the list, or refused and quoted
  }
  await ann.getByLabel("Name", { exact: true }).fill(evil("another name"));
  await ann.getByRole("button", { name: "Save" }).click();
  await ann.getByRole("heading", { level: 2 }).filter({ hasText: "<b>another name</b>" }).waitFor();

  await say(
    ann,
    `${evil("body")} javascript:alert(1) https://example.com/"onclick="x data:text/html,<script>1</script>`,
  );
  const first = ann.locator("#m0");
  await first.hover();
  await first.getByRole("button", { name: "Reply" }).click();
  await say(ann, evil("reply"));
  await ann.locator("#m1").hover();
  await ann.locator("#m1").getByRole("button", { name: "Edit", exact: true }).click();
  await ann.getByRole("textbox", { name: "Edit" }).fill(evil("edited"));
  await ann.getByRole("textbox", { name: "Edit" }).press("Enter");
  await ann.locator("#m1 .words", { hasText: "<b>edited</b>" }).waitFor();
  await ann.getByLabel("Attach files").setInputFiles([
    { name: evil("file").replaceAll("/", ":"), mimeType: "text/html", buffer: Buffer.from(evil("content")) },
    { name: "a.svg", mimeType: "image/svg+xml", buffer: Buffer.from(`<svg onload="pwned=1"/>`) },
  ]);
  await ann.getByRole("button", { name: "Send" }).click();
  await ann.locator("#m2 a.file[href]").nth(1).waitFor();
  expect(await ann.locator("#m2 img").count()).toBe(0); // what could run is to be saved, not to be shown

  await addLibrary(ann);
  await ann.evaluate(
    async ([identity, value]) => {
      const token = await (await fetch(`/dev/token?identity=${encodeURIComponent(identity)}`)).text();
      const client = await globalThis.Parley.Conversations.Client.create(token.trim(), { storage: "memory" });
      const [conversation] = (await client.getSubscribedConversations()).items;
      await client.user.updateFriendlyName(value);
      await client.user.updateAttributes({ [value]: value });
      await conversation!.updateAttributes({ [value]: value });
      await conversation!.sendMessage("with attributes", { [value]: value });
      const [message] = (await conversation!.getMessages(1)).items;
      await message!.addReaction("<b onclick=pwned=1>");
      await client.shutdown();
    },
    [me, evil("attribute")] as const,
  );
  await ann.getByRole("button", { name: /<b onclick=pwned=1>/ }).waitFor();

  await ann.getByLabel("Search").fill(evil("search"));
  await ann.getByRole("region", { name: "Messages" }).waitFor();
  await ann.getByLabel("Search").fill("");
  await ann.getByRole("button", { name: "Join" }).click();
  await ann.getByLabel("Its unique name or sid").fill(evil("nothing of that name"));
  await ann.getByRole("dialog").getByRole("button", { name: "Join" }).click();
  await ann.getByRole("alert").locator("p").first().waitFor();
  await ann.goto(`${world.url}/#${encodeURIComponent(evil("hash"))}/1`);

  expect(await ann.evaluate(() => globalThis.pwned)).toBeUndefined();
  const foreign =
    "img[src=x], b, svg[onload], [onerror], [onclick], script:not([src]), a[href^='javascript:'], a[href^='data:']";
  expect(await ann.locator(foreign).count()).toBe(0);
  await ann.getByRole("button", { name: "Sign out" }).click();
  await ann.getByText("Or an access token").click();
  await ann.getByRole("textbox", { name: "Or an access token" }).fill(evil("token"));
  await ann.getByRole("button", { name: "Enter" }).click();
  await ann.getByRole("alert").waitFor();
  expect(await ann.locator(foreign).count()).toBe(0);
});
