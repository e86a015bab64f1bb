// Runs the program that the examples of docs/sdk.md are.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Conversation, Message } from "../src/index.js";
import { eventually, Server } from "./support/server.js";

const page = readFileSync(new URL("../../../docs/sdk.md", import.meta.url), "utf8");
const example = (kind: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((block) => block[1]!);

const path = (file: string): string => join(import.meta.dirname, file);
let server: Server;
beforeAll(async () => {
  server = new Server();
  await server.start();
});
afterAll(() => server.end());

/** A module of some text, with the library as it is in this checkout. */
async function load(text: string, loader: "ts" | "tsx"): Promise<Record<string, unknown>> {
  const file = join(mkdtempSync(join(tmpdir(), "parley-guide-")), "guide.mjs");
  const built = await build({
    stdin: { contents: text, loader, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    alias: { "parley-conversations": path("../src/index.ts"), react: path("support/react.ts") },
  });
  writeFileSync(file, built.outputFiles[0]!.text);
  return (await import(/* @vite-ignore */ file)) as Record<string, unknown>;
}

test("the examples are one program that runs", async () => {
  const said: string[] = [];
  vi.spyOn(console, "log").mockImplementation((...args) => void said.push(args.map(String).join(" ")));
  const examples = example("ts");
  const [program, end] = [examples.slice(0, -1).join("\n"), examples.at(-1)!];
  const text = `${program}\nexport { heard };\nexport async function end() {\n${end}}`;
  const module = await load(text.replace("http://127.0.0.1:8080", server.url), "ts");
  expect(said).toContain("0 ann: Tea at five? false");
  expect(said).toContain("Tea null Tea at five?");
  expect(said).toContain("0");
  expect(said).toContain("Tea at five? (sent),On my way (pending)");
  const heard = module.heard as string[];
  await eventually(() => heard.length === 2);
  expect(heard).toEqual(["Gladly.", "On my way"]);
  await (module.end as () => Promise<void>)();
});

test("the hook for React follows a conversation", async () => {
  const module = await load(`${example("tsx").join("\n")}\nexport { drawn } from "react";`, "tsx");
  const useMessages = module.useMessages as (of: Conversation) => Message[];
  const drawn = module.drawn as Message[][];
  const ann = await server.client("ann");
  const conversation = await ann.createConversation();
  await conversation.join();
  await conversation.sendMessage("one");
  useMessages(conversation);
  await eventually(() => drawn.at(-1)?.length === 1);
  await conversation.sendMessage("two");
  await eventually(() => drawn.at(-1)?.length === 2);
  expect(drawn.at(-1)!.map((one) => one.body)).toEqual(["one", "two"]);
});
