// Builds the server once, before the first test; the compiler keeps what has not changed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("../../../../", import.meta.url).pathname;

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "parley-page-"));
  process.env.PARLEY_BINARY = join(folder, "parley");
  execFileSync("go", ["build", "-o", process.env.PARLEY_BINARY, "./cmd/parley"], { cwd: root, stdio: "inherit" });
  return () => rmSync(folder, { recursive: true, force: true });
}
