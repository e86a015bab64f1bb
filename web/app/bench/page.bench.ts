// How the page bears many conversations: `npm run bench`. Nothing here is asserted.
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Wire } from "../test/support/wire";
import { World } from "../test/support/world";

const world = new World(["--session-rate=100000"]);
const many = 1_000;
const starts = 9;
let ann: Page;
beforeAll(async () => {
  await world.start();
  const wire = await Wire.open(world.url, "bob");
  const names = Array.from({ length: many }, (_, n) => `Conversation ${n} about something`);
  const made = await Promise.all(names.map((name) => wire.converse(name, ["ann"])));
  await Promise.all(made.map((sid, n) => wire.say(sid, [`The last thing that was said in the one of number ${n}`])));
  wire.close();
  ann = await world.person("ann");
});
afterAll(() => world.end());

/** How many conversations the browser keeps. */
const kept = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const open = indexedDB.open("parley ann");
    const database = await new Promise<IDBDatabase>((resolve) => (open.onsuccess = () => resolve(open.result)));
    const all = database.transaction("kept").objectStore("kept").getAllKeys();
    const keys = await new Promise<IDBValidKey[]>((resolve) => (all.onsuccess = () => resolve(all.result)));
    database.close();
    return keys.filter((key) => String(key).includes("|conversation|")).length;
  });

interface TraceEvent {
  name: string;
  cat: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
  args: { name?: string; data?: { isOutermostMainFrame?: boolean } };
}

/** What Chromium tells of a start, until the list was painted. */
async function trace(session: CDPSession): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  await ann.goto("about:blank"); // so that what the page before it leaves behind is not counted
  const take = ({ value }: { value: object[] }): void => void events.push(...(value as TraceEvent[]));
  session.on("Tracing.dataCollected", take);
  const categories = "toplevel,devtools.timeline,blink.user_timing,disabled-by-default-v8.compile";
  await session.send("Tracing.start", { categories, transferMode: "ReportEvents" });
  await ann.goto(world.url);
  await ann.waitForFunction(() => performance.getEntriesByName("painted").length > 0);
  const over = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await over;
  session.off("Tracing.dataCollected", take);
  return events;
}

interface Start {
  cpu: number;
  wall: number;
  until: number;
  parts: Map<string, number>;
}

/** The main thread's work from the beginning of the page to the paint of its list, and when that was; in milliseconds. */
function workOf(events: TraceEvent[]): Start {
  const painted = events.find((one) => one.name === "painted" && one.cat.includes("user_timing"))!;
  const begin = events.findLast((one) => one.name === "navigationStart" && one.pid === painted.pid)!;
  const inside = events.filter(
    (one) => one.pid === painted.pid && one.tid === painted.tid && one.ts >= begin.ts && one.ts < painted.ts,
  );
  const parts = new Map<string, number>();
  for (const one of inside) parts.set(one.name, (parts.get(one.name) ?? 0) + (one.dur ?? 0) / 1000);
  const tasks = inside.filter((one) => one.name.endsWith("RunTask") && one.cat.includes("toplevel"));
  const sum = (of: "dur" | "tdur"): number => tasks.reduce((ms, one) => ms + (one[of] ?? 0) / 1000, 0);
  return { cpu: sum("tdur"), wall: sum("dur"), until: (painted.ts - begin.ts) / 1000, parts };
}

const middle = (all: number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1]!;

test("first meaningful paint from the cache", async () => {
  await expect.poll(() => kept(ann), { timeout: 60_000 }).toBe(many);
  await ann.addInitScript(() => {
    const look = new MutationObserver(() => {
      if (document.querySelectorAll("nav li").length === 0) return;
      look.disconnect();
      requestAnimationFrame(() => setTimeout(() => performance.mark("painted"))); // after the frame that has it
    });
    look.observe(document, { childList: true, subtree: true });
  });
  const session = await ann.context().newCDPSession(ann);
  const all: Start[] = [];
  for (let n = 0; n < starts; n++) all.push(workOf(await trace(session)));
  const of = (what: (one: Start) => number): string => middle(all.map(what)).toFixed(0);
  console.log(
    `start with ${many} conversations kept: ${of((one) => one.cpu)} ms of the main thread's time until the list is painted, ` +
      `${of((one) => one.wall)} ms with what it waited for a processor; that was ${of((one) => one.until)} ms after the beginning`,
  );
  for (const name of ["v8.evaluateModule", "V8.CompileCode", "FunctionCall", "UpdateLayoutTree", "Layout", "Paint"])
    console.log(`  ${name.padEnd(20)} ${middle(all.map((one) => one.parts.get(name) ?? 0)).toFixed(1)} ms`);
});

test("the list is scrolled, and things happen in it", async () => {
  const frames = await ann.evaluate(async () => {
    const box = document.querySelector<HTMLElement>("nav .scroll")!;
    const times: number[] = [];
    let before = performance.now();
    while (box.scrollTop + box.clientHeight < box.scrollHeight - 1) {
      box.scrollTop += 300;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      times.push(performance.now() - before);
      before = performance.now();
    }
    box.scrollTop = 0;
    return { times: times.toSorted((a, b) => a - b), nodes: box.querySelectorAll("*").length };
  });
  const at = (part: number): string => frames.times[Math.floor(part * (frames.times.length - 1))]!.toFixed(1);
  console.log(
    `scrolled through in ${frames.times.length} frames: median ${at(0.5)} ms, 95% ${at(0.95)} ms, longest ${at(1)} ms; ${frames.nodes} nodes`,
  );

  const wire = await Wire.open(world.url, "bob");
  const sid = await wire.converse("busy", ["ann"]);
  await ann.getByRole("link", { name: /busy/ }).waitFor();
  const session = await ann.context().newCDPSession(ann);
  await session.send("Performance.enable");
  const spent = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * metrics.find((one) => one.name === "TaskDuration")!.value;
  };
  const before = await spent();
  const count = 300;
  for (let n = 0; n < count; n++) await wire.say(sid, [`message ${n}`]);
  await ann.getByRole("link", { name: new RegExp(`message ${count - 1}`, "u") }).waitFor();
  console.log(
    `a message into a list of ${many}: ${(((await spent()) - before) / count).toFixed(2)} ms of the main thread`,
  );
  wire.close();
});
