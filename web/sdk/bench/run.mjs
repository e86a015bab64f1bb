// Runs bench.ts with Node's collector at hand, so that heap is what is used.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "parley-bench-"));
const outfile = join(folder, "bench.mjs");
await build({
  entryPoints: ["bench/bench.ts"],
  bundle: true,
  platform: "node",
  format: "esm",
  outfile,
  define: { __VERSION__: '"0.0.0-bench"' },
});
const { status } = spawnSync(process.execPath, ["--expose-gc", outfile], { stdio: "inherit" });
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);
