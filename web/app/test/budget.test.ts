import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

/** What all of the page may weigh on its way, library included. */
const budget = 120_000;

test("the page stays light", () => {
  const dist = join(import.meta.dirname, "../dist");
  const files = ["index.html", ...readdirSync(join(dist, "assets")).map((name) => `assets/${name}`)];
  const weight = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, name))).length, 0);
  expect(weight).toBeLessThan(budget);
});
