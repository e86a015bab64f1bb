import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faultsOf } from "./support/axe";
import { converse, say, screenshots, World } from "./support/world";

const world = new World();
beforeAll(() => world.start());
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]);
});

const figure = (page: Page, name: string) =>
  page.getByLabel("Figures", { exact: true }).locator("div", { hasText: name }).locator("dd");

async function search(page: Page, name: string): Promise<void> {
  await page.getByLabel("Identity, unique name or sid").fill(name);
  await page.getByRole("button", { name: "Find" }).click();
}

/** How many connections the hub has taken so far. */
async function accepted(): Promise<number> {
  const state = (await (await fetch(`${world.admin}/operator/state`)).json()) as { sockets: { accepted: number } };
  return state.sockets.accepted;
}

test("figures are drawn while people talk", async () => {
  const ann = await world.person("ann");
  await converse(ann, "Tea", "bob");
  const page = await world.operator();
  await figure(page, "Connections").getByText("1", { exact: true }).waitFor();
  for (let n = 0; n < 20; n++) await say(ann, `what nobody but bob may read, ${n}`);
  const drawn = page.locator("figure", { hasText: "Writes a second" });
  await drawn.getByText(/^at most [1-9]/).waitFor();
  await drawn.locator("path[d*=L]").waitFor({ state: "attached" });
  const name = await page.getByRole("rowheader").innerText(); // of the only hub
  await page.getByRole("heading", { level: 1, name: `${name} well` }).waitFor();
  await page.getByText("Everybody has everything.").waitFor();
  await page.getByText("This hub works without Redis.").waitFor();
  expect(await page.content()).not.toContain("nobody but bob");
  await search(page, "bob");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.screenshot({ path: `${screenshots}/operator-${colorScheme}.png`, fullPage: true });
    expect(await faultsOf(page)).toEqual([]);
  }
});

test("who is barred is out, and comes in again when the bar is lifted", async () => {
  const cat = await world.person("cat");
  const page = await world.operator();
  await search(page, "cat");
  const found = page.getByRole("article").filter({ hasText: "cat" });
  await found.getByText("1 session on this hub").waitFor();
  expect(await found.getByRole("button", { name: "Bar" }).isDisabled()).toBe(true);

  await page.getByLabel("Auth token").fill("a wrong one");
  await found.getByRole("button", { name: "Bar" }).click();
  await page.getByText("the auth token is needed").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText("the auth token is needed").waitFor({ state: "detached" });

  await page.getByLabel("Auth token").fill(world.authToken);
  const before = await accepted();
  await found.getByRole("button", { name: "Disconnect" }).click();
  await expect.poll(accepted, { timeout: 30_000 }).toBeGreaterThan(before); // cat came back
  await found.getByRole("button", { name: "Bar" }).click();
  await found.getByText("barred").waitFor();
  await cat.getByLabel("Your name").waitFor(); // out, at the door
  await cat.getByRole("alert").getByText("barred").waitFor();
  await found.getByRole("button", { name: "Lift the bar" }).click();
  await found.getByText("barred").waitFor({ state: "detached" });
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).toBe("{}");
});

test("nobody is found by a name that nobody has, and a phone shows it all", async () => {
  const page = await world.operator({ viewport: { width: 360, height: 740 } });
  await search(page, '<img src=x onerror="document.title=1">');
  await page.getByText("Nobody and nothing has this name.").waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.screenshot({ path: `${screenshots}/operator-phone.png`, fullPage: true });
  expect(await faultsOf(page)).toEqual([]);
  await world.kill();
  await page.getByText("The hub does not answer").waitFor();
  await world.serve();
});
