import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client, Conversation } from "../src/index.js";
import { eventually, Server } from "./support/server.js";

let server: Server;
let ann: Client;
let mine: Conversation;
beforeAll(async () => {
  server = new Server();
  await server.start();
  ann = await server.client("ann");
  mine = await ann.createConversation();
  await mine.join();
});
afterAll(() => server.end());

test("files are uploaded with a message, and had again by temporary addresses", async () => {
  const form = new FormData();
  form.append("photo.png", new Blob([new Uint8Array([1, 2, 3])], { type: "image/png" }), "photo.png");
  const notes = { contentType: "text/plain", filename: "notes ü.txt", media: "some notes" };
  const index = await mine.prepareMessage().setBody("look").addMedia(form).addMedia(notes).buildAndSend();
  const [message] = (await mine.getMessages(1)).items;
  expect(message!.index).toBe(index);
  expect([message!.type, message!.body, message!.media]).toEqual(["media", "look", message!.attachedMedia![0]]);
  expect(message!.attachedMedia!.map((one) => [one.filename, one.contentType, one.size, one.category])).toEqual([
    ["photo.png", "image/png", 3, "media"],
    ["notes ü.txt", "text/plain", 10, "media"],
  ]);
  const urls = await message!.getTemporaryContentUrlsForAttachedMedia();
  expect(urls.size).toBe(2);
  const url = await message!.attachedMedia![1]!.getContentTemporaryUrl();
  expect(await (await fetch(url!)).text()).toBe("some notes");
  expect(url).toBe(urls.get(message!.attachedMedia![1]!.sid));
});

test("media alone, e-mail bodies, and what is too much", async () => {
  await mine.sendMessage({ contentType: "image/gif", media: new Uint8Array([9]) });
  await mine
    .prepareMessage()
    .setEmailBody("text/plain", { contentType: "text/plain", filename: "body", media: "Dear Bob" })
    .buildAndSend();
  const [alone, email] = (await mine.getMessages(2)).items;
  expect([alone!.body, alone!.attachedMedia!.length]).toEqual([null, 1]);
  expect(email!.getEmailBody()!.size).toBe(8);
  expect(email!.attachedMedia).toEqual([]);
  const builder = mine.prepareMessage();
  for (let i = 0; i < 11; i++) builder.addMedia({ contentType: "text/plain", media: "x" });
  expect(() => builder.build()).toThrow("at most 10 media");
});

test("an upload that is cancelled is given up", async () => {
  const sending = mine
    .prepareMessage()
    .addMedia({ contentType: "text/plain", media: "x".repeat(1000) })
    .buildAndSend();
  void sending.cancel();
  await expect(sending).rejects.toThrow("cancelled");
  await eventually(() => mine.queuedMessages.length === 0);
});
