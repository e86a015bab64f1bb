// Builds what is published: dist/index.js for bundlers, the minified bundle that sets the global
// Parley.Conversations, and the types.
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
rmSync("dist", { recursive: true, force: true });
const shared = {
  entryPoints: ["src/index.ts"],
  bundle: true,
  target: "es2022",
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: "warning",
};
await Promise.all([
  build({ ...shared, format: "esm", outfile: "dist/index.js", sourcemap: true }),
  build({
    ...shared,
    format: "iife",
    globalName: "Parley.Conversations",
    minify: true,
    outfile: "dist/parley-conversations.min.js",
  }),
]);
const tsc = spawnSync("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
copyFileSync("../../LICENSE", "LICENSE");
