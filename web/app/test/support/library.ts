// The library as browsers take it without a bundler: the global Parley.Conversations.
import { join } from "node:path";
import type * as Conversations from "parley-conversations";
import type { Page } from "playwright-core";
import { build } from "vite";

/** What a page has once the library is in it. */
export interface Scope {
  Parley: { Conversations: typeof Conversations };
}

let made: Promise<string> | undefined;

/** Puts the library into a page, as a script of the page's own origin: its policy lets no other in. */
export async function addLibrary(page: Page): Promise<void> {
  made ??= bundle();
  const body = await made;
  await page.route("**/app/library.js", (route) => route.fulfill({ body, contentType: "text/javascript" }));
  await page.addScriptTag({ url: "/app/library.js" });
}

async function bundle(): Promise<string> {
  const entry = join(import.meta.dirname, "../../../sdk/src/index.ts");
  const [built] = (await build({
    configFile: false,
    logLevel: "error",
    define: { __VERSION__: '"0.0.0-test"' },
    build: { write: false, lib: { entry, name: "Parley.Conversations", formats: ["iife"] } },
  })) as { output: { code: string }[] }[];
  return built!.output[0]!.code;
}
