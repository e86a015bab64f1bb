import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Tabs } from "../src/session/tabs.js";
import { eventually } from "./support/server.js";

const open: Tabs[] = [];
beforeEach(() => void vi.stubGlobal("document", {}));
afterEach(() => open.splice(0).forEach((one) => one.close()));

function tab(identity = "ann", gone: (tab: string) => Promise<void> = async () => {}): Tabs {
  const one = new Tabs("http://parley", identity, gone);
  open.push(one);
  return one;
}

test("what one tab marks as read the others do not, up to there and for a while", async () => {
  const [first, second, stranger] = [tab(), tab(), tab("bob")];
  expect(first.marks("CH1", 3)).toBe(false);
  await eventually(() => second.marks("CH1", 2));
  expect(second.marks("CH1", 3)).toBe(true);
  expect(second.marks("CH1", 4)).toBe(false);
  expect(second.marks("CH2", 3)).toBe(false);
  expect(stranger.marks("CH1", 3)).toBe(false);
  await eventually(() => first.marks("CH1", 4));
  second.close();
  expect(second.marks("CH3", 1)).toBe(false);
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + 5_001);
  expect(first.marks("CH1", 4)).toBe(false);
});

/** Locks as a browser has them, as far as tabs use them. */
class FakeLocks {
  readonly #last = new Map<string, Promise<unknown>>();

  async request(name: string, ...rest: [() => Promise<void>] | [{ signal: AbortSignal }, () => Promise<void>]) {
    const work = rest.length === 1 ? rest[0] : rest[1];
    const signal = rest.length === 1 ? undefined : rest[0].signal;
    const before = this.#last.get(name) ?? Promise.resolve();
    const turn = before.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    const next = turn.catch(() => {});
    this.#last.set(name, next);
    await turn;
  }
}

test("each tab learns when another is gone, the older of the younger and the younger of the older", async () => {
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
  const seen: string[][] = [[], [], []];
  const opened = seen.map((list) => () => tab("ann", async (other) => void list.push(other)));
  const [older, younger] = [opened[0]!(), opened[1]!()];
  await eventually(() => younger.knows(older.id) && older.knows(younger.id));
  const youngest = opened[2]!(); // what the others said when they came it did not hear
  await eventually(() => youngest.knows(older.id) && older.knows(youngest.id));
  expect(seen).toEqual([[], [], []]);
  youngest.close();
  await eventually(() => seen[0]!.includes(youngest.id));
  older.close();
  await eventually(() => seen[1]!.includes(older.id));
  expect(seen[0]).toEqual([youngest.id]);
});

test("without locks a tab that left something is taken to be gone, and what is done alone is done at once", async () => {
  vi.stubGlobal("navigator", {});
  const gone: string[] = [];
  const one = tab("ann", async (other) => void gone.push(other));
  one.watch("other");
  one.watch("other");
  one.watch(one.id);
  expect(gone).toEqual(["other"]);
  let done = false;
  await one.alone("nonce", async () => void (done = true));
  expect(done).toBe(true);
});
