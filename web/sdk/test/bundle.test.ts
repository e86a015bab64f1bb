import { existsSync, readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundle } from "./support/bundle.js";

test("the library is at most 35 kB, compressed", async () => {
  expect(gzipSync(await bundle()).length).toBeLessThanOrEqual(35_000);
});

test("the bundle needs nothing of Node and sets one global", async () => {
  const scope: Record<string, unknown> = {};
  runInNewContext(await bundle(), scope);
  expect(Object.keys(scope)).toEqual(["Parley"]);
});

test("nothing is needed at run time", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, unknown>;
  expect(manifest.dependencies ?? {}).toEqual({});
  expect(manifest.peerDependencies ?? {}).toEqual({});
  expect(existsSync("../../LICENSE")).toBe(true);
});
