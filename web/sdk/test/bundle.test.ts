import { existsSync, readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** The bundle of the sources as they are, made like build.mjs does. */
async function bundle(): Promise<string> {
  const result = await build({
    entryPoints: ["src/index.ts"],
    bundle: true,
    minify: true,
    write: false,
    target: "es2022",
    format: "iife",
    globalName: "Parley.Conversations",
    define: { __VERSION__: '"1.2.3"' },
  });
  return result.outputFiles[0]!.text;
}

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
