import type { Message } from "parley-conversations";
import { expect, test } from "vitest";
import { rowsOf } from "../src/thread/rows";
import { piecesOf } from "../src/thread/words";

const at = (minutes: number): Date => new Date(2026, 0, 1, 12, minutes);
const message = (index: number, author: string, dateCreated: Date, more: Partial<Message> = {}): Message =>
  ({ sid: `IM${index}`, nonce: null, index, author, dateCreated, status: "sent", replyTo: null, ...more }) as Message;

const kinds = (messages: Message[], read: number | null): string[] =>
  rowsOf(messages, read, "me").map((row) => (row.kind === "message" ? (row.first ? "first" : "next") : row.kind));

test("messages of one author stand together, until they reply, are late, or it is another day", () => {
  const all = [message(0, "ann", at(0)), message(1, "ann", at(1)), message(2, "ann", at(9)), message(3, "bob", at(9))];
  expect(kinds(all, null)).toEqual(["day", "first", "next", "first", "first"]);
  expect(kinds([all[0]!, message(1, "ann", at(1), { replyTo: 0 })], null)).toEqual(["day", "first", "first"]);
  expect(kinds([all[0]!, message(1, "ann", at(60 * 24))], null)).toEqual(["day", "first", "day", "first"]);
});

test("the line stands before the first that others said and one has not read", () => {
  const all = [message(0, "ann", at(0)), message(1, "me", at(0)), message(2, "ann", at(0)), message(3, "ann", at(0))];
  expect(kinds(all, 0)).toEqual(["day", "first", "first", "fresh", "first", "next"]);
  expect(kinds(all, 3)).not.toContain("fresh");
});

test.each([
  ["see https://a.example/b, and", ["see ", "<https://a.example/b>", ", and"]],
  ["(https://a.example/b_(c))", ["(", "<https://a.example/b_(c)>", ")"]],
  ["javascript:alert(1) http:// x", ["javascript:alert(1) http:// x"]],
])("addresses in %s", (body, want) => {
  expect(piecesOf(body).map((piece) => (piece.href ? `<${piece.href}>` : piece.text))).toEqual(want);
});
