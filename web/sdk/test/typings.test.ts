import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { absent } from "../src/absent.js";
import { known } from "./typings.js";

const page = readFileSync(new URL("../../../docs/migrating-from-twilio.md", import.meta.url), "utf8");

describe("docs/migrating-from-twilio.md", () => {
  test("lists what is different in the types, and nothing else", () => {
    const section = page.split("## What is different in the types")[1]!.split("\n## ")[0]!;
    const listed = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((row) => row[1]);
    expect(listed.sort()).toEqual(Object.keys(known).sort());
  });

  test("lists what is not offered", () => {
    const section = page.split("## What is not offered yet")[1]!.split("\n## ")[0]!;
    for (const name of Object.values(absent).flat()) expect(section).toContain(`\`${name}\``);
  });
});

test("nothing but push, content templates and channel metadata is missing", () => {
  expect(Object.keys(absent)).toEqual(["push", "content templates", "channel metadata"]);
});
