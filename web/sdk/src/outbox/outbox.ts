import { delay, type Backoff } from "../connection/backoff.js";
import { ParleyError, passes, shutDown } from "../errors.js";
import type { Conversation } from "../model/conversation.js";
import { Message } from "../model/message.js";
import type { Context } from "../session/context.js";
import type { WireMessage } from "../wire/objects.js";
import { type Draft, type KeptDraft, newNonce, pending } from "./draft.js";
import { upload, type UploadTarget } from "./upload.js";

interface Entry {
  kept: KeptDraft;
  conversation: Conversation;
  message: Message;
  controller: AbortController;
  resolve: (index: number) => void;
  reject: (error: Error) => void;
}

/** Where an outbox gets what it needs. */
export interface OutboxOwner {
  backoff: Backoff;
  /** Resolves when the server can be asked; rejects when it never will. */
  connected(): Promise<void>;
  target(): UploadTarget;
  keep(draft: KeptDraft): void;
  forget(nonce: string): void;
  /** Does the work while no other tab sends that message. */
  alone(nonce: string, work: () => Promise<void>): Promise<void>;
}

/**
 * The messages that were not acknowledged. Those of a conversation go one after the other, in order, each until it is
 * acknowledged, refused for good or given up; the nonce has the server store it once.
 */
export class Outbox {
  readonly #context: Context;
  readonly #owner: OutboxOwner;
  readonly #lanes = new Map<string, Entry[]>();
  readonly #busy = new Set<string>();
  #over = false;

  constructor(context: Context, owner: OutboxOwner) {
    this.#context = context;
    this.#owner = owner;
  }

  /** The messages of a conversation that wait, or were refused. */
  queued(conversation: string): Message[] {
    return (this.#lanes.get(conversation) ?? []).map((entry) => entry.message).filter((one) => one.status !== "sent");
  }

  /** Takes a message to be sent; the promise is that of its index. */
  add(conversation: Conversation, draft: Draft): { message: Message; sent: Promise<number> } {
    const kept = { nonce: newNonce(), conversation: conversation.sid, date: new Date().toISOString(), draft };
    this.#owner.keep(kept);
    return this.#queue(conversation, kept);
  }

  /** Takes up what an earlier process, or a tab that is gone, did not get to send. */
  adopt(conversation: Conversation, kept: KeptDraft): void {
    if (this.#lanes.get(conversation.sid)?.some((one) => one.kept.nonce === kept.nonce)) return;
    this.#owner.keep(kept);
    this.#queue(conversation, kept).sent.catch(() => {}); // whoever waited for it is gone
  }

  #queue(conversation: Conversation, kept: KeptDraft): { message: Message; sent: Promise<number> } {
    const message = new Message(this.#context, conversation, pending(this.#context.identity, kept), {
      status: "pending",
      error: null,
      progress: null,
    });
    const sent = new Promise<number>((resolve, reject) => {
      const entry = { kept, conversation, message, controller: new AbortController(), resolve, reject };
      this.#lanes.set(conversation.sid, [...(this.#lanes.get(conversation.sid) ?? []), entry]);
    });
    conversation._tell("messageQueued", message);
    void this.#pump(conversation.sid);
    return { message, sent };
  }

  /** The message that a stored one was, while it waited here. */
  settle(conversation: Conversation, state: WireMessage): Message | undefined {
    if (!state.nonce || state.author !== this.#context.identity) return undefined;
    const entry = this.#lanes.get(conversation.sid)?.find((one) => one.kept.nonce === state.nonce);
    if (!entry || entry.message.status === "sent") return undefined;
    entry.message._set(state, true);
    entry.message._send({ status: "sent", error: null, progress: null }, true);
    return entry.message;
  }

  retry(message: Message): void {
    const entry = this.#find(message);
    if (!entry || message.status !== "failed") return;
    message._send({ status: "pending", error: null });
    void this.#pump(entry.conversation.sid);
  }

  /** Gives a message up. One that is on its way may be stored all the same. */
  discard(message: Message): void {
    const entry = this.#find(message);
    if (!entry || message.status === "sent") return;
    this.#drop(entry);
    entry.controller.abort();
    entry.reject(new Error("The message was given up"));
    entry.conversation._tell("messageDiscarded", message);
  }

  /** Nothing is sent any more. */
  end(): void {
    this.#over = true;
    for (const entry of [...this.#lanes.values()].flat()) {
      entry.controller.abort();
      entry.reject(shutDown());
    }
  }

  #find(message: Message): Entry | undefined {
    return this.#lanes.get(message.conversation.sid)?.find((entry) => entry.message === message);
  }

  #drop(entry: Entry): void {
    const { sid } = entry.conversation;
    const left = (this.#lanes.get(sid) ?? []).filter((one) => one !== entry);
    if (left.length > 0) this.#lanes.set(sid, left);
    else this.#lanes.delete(sid);
    this.#owner.forget(entry.kept.nonce);
  }

  /** Sends what waits in a conversation; one that failed stays, and those behind it go on. */
  async #pump(sid: string): Promise<void> {
    if (this.#busy.has(sid)) return;
    this.#busy.add(sid);
    try {
      for (;;) {
        const entry = this.#lanes.get(sid)?.find((one) => one.message.status !== "failed");
        if (!entry || this.#over) return;
        await this.#owner.alone(entry.kept.nonce, () => this.#deliver(entry));
      }
    } finally {
      this.#busy.delete(sid);
    }
  }

  async #deliver(entry: Entry): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        const stored = await this.#attempt(entry);
        entry.conversation._messages.stored(stored);
        this.#drop(entry);
        entry.resolve(stored.index);
        return;
      } catch (error) {
        if (this.#over || entry.controller.signal.aborted) return;
        const failure = error instanceof ParleyError ? error : new ParleyError(String(error), { cause: error });
        if (failure.name !== "TransportUnavailableError" && !passes(failure)) {
          entry.message._send({ status: "failed", error: failure, progress: null });
          entry.reject(failure);
          return;
        }
        const wait = failure.retryAfter ? failure.retryAfter * 1000 : delay(this.#owner.backoff, failures);
        await sleep(wait, entry.controller.signal);
      }
    }
  }

  async #attempt({ kept, message, controller }: Entry): Promise<WireMessage> {
    const { nonce, conversation, draft } = kept;
    await this.#owner.connected();
    const total = draft.files.reduce((sum, file) => sum + file.content.size, 0);
    let done = 0;
    for (const file of draft.files) {
      const progress = (loaded: number): void => message._send({ progress: { loaded: done + loaded, total } });
      if (!file.sid) {
        progress(0);
        file.sid = await upload(this.#owner.target(), file, controller.signal, progress);
      }
      done += file.content.size;
    }
    if (controller.signal.aborted) throw new Error("The message was given up");
    const media = draft.files.map((file) => file.sid!);
    return this.#context.request(
      "message.send",
      {
        conversation,
        ...(draft.body === undefined ? {} : { body: draft.body }),
        ...(draft.attributes === undefined ? {} : { attributes: draft.attributes }),
        ...(draft.subject === undefined ? {} : { subject: draft.subject }),
        ...(draft.replyTo === undefined ? {} : { reply_to: draft.replyTo }),
        ...(media.length === 0 ? {} : { media }),
        nonce,
      },
      true,
    );
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
