import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Wire } from "./support/wire";
import { say, World } from "./support/world";

const world = new World(["--session-rate=100000"]);
const many = 5_000;
let ann: Page;
let sid: string;
beforeAll(async () => {
  await world.start();
  const wire = await Wire.open(world.url, "bob");
  sid = await wire.converse("Long", ["ann", "eve"]);
  // Of different heights, and by one author, so that what is the first of a page changes when another is put before it.
  const lines = Array.from({ length: many }, (_, n) => `${n} ${"and on and on ".repeat((n * 7) % 40)}`);
  await wire.say(sid, [...lines, "the needle", "the last"]);
  await wire.call("message.send", { conversation: sid, body: "about that", reply_to: 12, nonce: "reply" });
  // The index of words follows at a distance.
  const found = async (): Promise<unknown> => (await wire.call("message.search", { query: "needle" })).messages;
  await vi.waitFor(async () => expect(await found()).toHaveLength(1), { timeout: 60_000 });
  wire.close();
  ann = await world.person("ann");
});
afterAll(async () => {
  await world.end();
  expect(world.faults).toEqual([]);
});

interface Tour {
  seen: number[];
  nodes: number;
  jumps: number[];
  loads: number;
}

/** Scrolls to an end. After each page that came it compares where what was in the middle is, and was. */
function scroll(page: Page, to: number): Promise<Tour> {
  return page.evaluate(async (to) => {
    const up = to === 0;
    const log = document.querySelector<HTMLElement>("[role=log]")!;
    const all = (): HTMLElement[] => [...log.querySelectorAll("article")];
    const indexOf = (one: Element | undefined): number => Number(one?.id.slice(1));
    const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
    const tour = { seen: new Set<number>(), nodes: 0, jumps: [] as number[], loads: 0 };
    const end = (): string => `${all()[0]?.id} ${all().at(-1)?.id}`;
    for (;;) {
      for (const one of all()) tour.seen.add(indexOf(one));
      tour.nodes = Math.max(tour.nodes, log.querySelectorAll("*").length);
      const before = end();
      log.scrollTop = up ? 300 : log.scrollHeight - log.clientHeight - 300;
      const middle = log.getBoundingClientRect().top + log.clientHeight / 2;
      const mark = all().find((one) => one.getBoundingClientRect().bottom > middle)!;
      const top = mark.getBoundingClientRect().top;
      const late = performance.now() + 30_000;
      const over = indexOf(up ? all()[0] : all().at(-1)) === to;
      while (!over && end() === before && performance.now() < late) await frame();
      if (end() === before) return { ...tour, seen: [...tour.seen] };
      await frame();
      await frame();
      tour.loads++;
      tour.jumps.push(Math.abs(mark.getBoundingClientRect().top - top));
    }
  }, to);
}

test("five thousand messages are scrolled through, both ways, without a jump", async () => {
  await ann.getByRole("link", { name: /Long/ }).click();
  await ann.getByRole("log").getByText("about that").waitFor();
  const up = await scroll(ann, 0);
  expect(up.seen.length).toBe(many + 3);
  expect(up.loads).toBeGreaterThan(100);
  expect(Math.max(...up.jumps)).toBeLessThanOrEqual(1);
  const down = await scroll(ann, many + 2);
  expect(Math.max(...down.seen)).toBe(many + 2);
  expect(down.seen.length).toBeGreaterThan(many - 160);
  expect(Math.max(...down.jumps)).toBeLessThanOrEqual(1);
  expect(Math.max(up.nodes, down.nodes)).toBeLessThan(4_000);
});

test("who goes up as something grows is not brought back, and what he sees stays", async () => {
  await ann.goto(`${world.url}/#${sid}`);
  const latest = ann.getByRole("button", { name: "Jump to the latest message" });
  if (await latest.isVisible()) await latest.click();
  await ann.getByRole("log").getByText("about that").waitFor();
  const moved = await ann.getByRole("log").evaluate(async (log) => {
    const one = [...log.querySelectorAll("article")].at(-20)!;
    log.scrollTop = one.offsetTop; // near the middle of the page: nothing is read, above or below
    const before = one.getBoundingClientRect().top;
    log.querySelector("article")!.style.marginBottom = "30px"; // as a picture does that comes
    log.querySelector<HTMLElement>("article:last-of-type")!.style.marginBottom = "30px";
    for (let n = 0; n < 3; n++) await new Promise(requestAnimationFrame);
    return one.getBoundingClientRect().top - before;
  });
  expect(Math.abs(moved)).toBeLessThanOrEqual(1);
  await latest.click();
  await latest.waitFor({ state: "detached" });
});

test("what one was told of elsewhere is gone to, loaded or not", async () => {
  await ann.getByRole("link", { name: /Long/ }).click();
  const latest = ann.getByRole("button", { name: "Jump to the latest message" });
  if (await latest.isVisible()) await latest.click();
  await ann.getByRole("button", { name: "In reply to an earlier message" }).click();
  await ann.locator("#m12").waitFor();
  expect(await ann.evaluate(() => document.activeElement?.id)).toBe("m12");
  await latest.click();
  await ann.getByRole("log").getByText("about that").waitFor();

  await ann.getByLabel("Search").fill("4321");
  await ann.getByRole("region", { name: "Messages" }).getByRole("link").first().click();
  await ann.locator("#m4321:focus").waitFor();
  const seen = await ann.locator("#m4321").evaluate((one) => {
    const [its, log] = [one.getBoundingClientRect(), one.closest("[role=log]")!.getBoundingClientRect()];
    return its.top >= log.top && its.bottom <= log.bottom;
  });
  expect(seen).toBe(true);
  await ann.getByLabel("Search").fill("");
});

test("who reads further up stays there while others write, and comes to the end by a button", async () => {
  await ann.goto(`${world.url}/#${sid}/2000`);
  await ann.locator("#m2000").waitFor();
  const top = (): Promise<number> => ann.locator("#m2000").evaluate((one) => one.getBoundingClientRect().top);
  const before = await top();
  const wire = await Wire.open(world.url, "bob");
  await wire.say(sid, ["news one", "news two"]);
  wire.close();
  await ann.getByRole("link", { name: /news two/ }).waitFor();
  expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(1);
  expect(await ann.getByRole("log").getByText("news two").count()).toBe(0);
  await ann.getByRole("button", { name: "Jump to the latest message" }).click();
  await ann.getByRole("log").getByText("news two").waitFor();
  await ann.locator(".badge").waitFor({ state: "detached" });
});

test("where much is new one begins at the line before it, and what one writes brings one to the end", async () => {
  const wire = await Wire.open(world.url, "eve");
  await wire.call("read.set", { conversation: sid, index: 1_000 });
  wire.close();
  const eve = await world.person("eve");
  await eve.getByRole("link", { name: /Long/ }).click();
  await eve.locator("#m1001").waitFor();
  const seen = await eve.locator(".fresh").evaluate((line) => {
    const [its, log] = [line.getBoundingClientRect(), line.closest("[role=log]")!.getBoundingClientRect()];
    return its.top >= log.top && its.bottom <= log.bottom;
  });
  expect(seen).toBe(true);
  await say(eve, "from further up");
  await eve.locator("article", { hasText: "from further up" }).last().waitFor();
  await eve.getByRole("button", { name: "Jump to the latest message" }).waitFor({ state: "detached" });
  await eve.locator(".badge").waitFor({ state: "detached" });
});
