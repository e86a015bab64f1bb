import type { Client, Conversation, Message, Paginator } from "parley-conversations";
import { useEffect, useReducer, useRef } from "preact/hooks";
import type { Say } from "../ui/toast";

const pageSize = 40;
/** So many messages are held at most: where one reads on at one end, the other is let go of, and read again. */
export const most = 160;

/** What is shown of a conversation: a part of its messages without a gap, of which either end moves as one reads. */
export class Log {
  messages: Message[] = [];
  hasOlder = false;
  hasNewer = false;
  /** Whether anything was read yet. */
  opened = false;
  loading: "older" | "newer" | "" = "";
  /** Whether the newest is in sight: then what comes is shown, and what is oldest let go. */
  following = true;
  /** The message to bring into sight with the next drawing. */
  target: number | undefined;
  /** The highest index that events told of. */
  #heard = -1;
  /** Counts what was shown afresh: an answer to a question of before comes too late. */
  #time = 0;
  #queued: Message[] = [];

  constructor(
    readonly conversation: Conversation,
    readonly draw: () => void,
  ) {}

  /** The messages, and at the newest end those that wait to be sent. */
  get all(): Message[] {
    return this.hasNewer ? this.messages : [...this.messages, ...this.conversation.queuedMessages];
  }

  /** Shows a message, or where nothing of that is asked the newest, or those before which there is much new. */
  async open(at?: number): Promise<void> {
    const { lastReadMessageIndex: read, unreadMessagesCount: unread } = this.conversation;
    if (at !== undefined) await this.around(at, true);
    else if (read !== null && (unread ?? 0) > pageSize) await this.around(read, false);
    else await this.newest();
  }

  /** Too much happened to be told of: what is shown is read again. */
  readonly reset = async (): Promise<void> => {
    const middle = this.messages[this.messages.length >> 1];
    if (this.following || !middle) await this.newest();
    else await this.around(middle.index, false);
  };

  async newest(): Promise<void> {
    const time = ++this.#time;
    const page = await this.conversation.getMessages(pageSize);
    if (time !== this.#time) return;
    this.following = true;
    this.#show(page.items, page, page);
  }

  /** Shows a message, with others on both sides of it. */
  async around(index: number, show: boolean): Promise<void> {
    const time = ++this.#time;
    const [upTo, after] = await Promise.all([
      this.conversation.getMessages(pageSize, index),
      this.conversation.getMessages(pageSize, index + 1, "forward"),
    ]);
    if (time !== this.#time) return;
    this.following = false;
    if (show) this.target = index;
    this.#show([...upTo.items, ...after.items], upTo, after);
  }

  #show(messages: Message[], first: Paginator<Message>, last: Paginator<Message>): void {
    this.opened = true;
    this.loading = "";
    this.messages = joined(messages, []);
    this.hasOlder = first.hasPrevPage;
    this.#ends(last);
    this.draw();
  }

  /** Reads older ones, and lets go of the newest where that makes too many. */
  async older(): Promise<void> {
    const first = this.messages[0];
    if (!first || first.index < 1 || !this.hasOlder || this.loading) return;
    await this.#read("older", this.conversation.getMessages(pageSize, first.index - 1), (page) => {
      const all = joined(page.items, this.messages);
      this.hasOlder = page.hasPrevPage;
      this.hasNewer ||= all.length > most;
      this.messages = all.slice(0, most);
    });
  }

  /** Reads newer ones, and lets go of the oldest where that makes too many. */
  async newer(): Promise<void> {
    const last = this.messages.at(-1);
    if (!last || !this.hasNewer || this.loading) return;
    await this.#read("newer", this.conversation.getMessages(pageSize, last.index + 1, "forward"), (page) => {
      const all = joined(this.messages, page.items);
      this.hasOlder ||= all.length > most;
      this.messages = all.slice(-most);
      this.#ends(page);
    });
  }

  async #read(
    what: "older" | "newer",
    asked: Promise<Paginator<Message>>,
    take: (page: Paginator<Message>) => void,
  ): Promise<void> {
    const time = this.#time;
    this.loading = what;
    this.draw();
    try {
      const page = await asked;
      if (time === this.#time) take(page);
    } finally {
      if (time === this.#time) {
        this.loading = "";
        this.draw();
      }
    }
  }

  /** Whether the newest is among them. What an event told while a page was on its way may not be on that page. */
  #ends(page: Paginator<Message>): void {
    this.hasNewer = page.hasNextPage || (this.messages.at(-1)?.index ?? -1) < this.#heard;
  }

  readonly add = (message: Message): void => {
    this.#heard = Math.max(this.#heard, message.index);
    if (!this.hasNewer) this.#append(message);
    this.draw();
  };

  #append(message: Message): void {
    const all = joined(this.messages, [message]);
    if (this.following) {
      this.hasOlder ||= all.length > most;
      this.messages = all.slice(-most);
    } else {
      this.hasNewer = all.length > 2 * most; // who reads further up stays there
      this.messages = all.slice(0, 2 * most);
    }
  }

  readonly remove = (message: Message): void => {
    this.messages = this.messages.filter((one) => one !== message);
    if (message.index === this.#heard) this.#heard--;
    this.draw();
  };

  /** One of those that waited is stored before the event that adds it: it is shown all the while. */
  readonly queue = (): void => {
    const now = this.conversation.queuedMessages;
    for (const one of this.#queued) {
      if (one.status === "sent" && !now.includes(one) && !this.hasNewer) this.#append(one);
    }
    this.#queued = now;
    this.draw();
  };
}

/** Two runs of messages as one, by index, each once. */
function joined(before: readonly Message[], after: readonly Message[]): Message[] {
  const all = new Map([...before, ...after].map((one) => [one.index, one]));
  return [...all.values()].sort((a, b) => a.index - b.index);
}

/** The log of a conversation, for as long as it is shown. It begins at a message, or at the newest. */
export function useLog(client: Client, conversation: Conversation, at: number | undefined, say: Say): Log {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const kept = useRef<Log>(null);
  const log = (kept.current ??= new Log(conversation, () => draw(null)));
  useEffect(() => {
    const reset = (): void => void log.reset().catch(say);
    conversation.on("messageAdded", log.add).on("messageRemoved", log.remove).on("reset", reset);
    const queued = ["messageUpdated", "messageQueued", "messageDiscarded"] as const;
    const others = ["typingStarted", "typingEnded", "participantUpdated", "updated"] as const;
    for (const event of queued) conversation.on(event, log.queue);
    for (const event of others) conversation.on(event, log.draw);
    return () => {
      conversation.off("messageAdded", log.add).off("messageRemoved", log.remove).off("reset", reset);
      for (const event of queued) conversation.off(event, log.queue);
      for (const event of others) conversation.off(event, log.draw);
    };
  }, []);
  useEffect(() => {
    // Without a connection there may be nothing to show: it is read when there is one.
    const open = (): void => void log.open(at).catch((error: unknown) => client.online && say(error));
    const again = (): void => void (client.online && !log.opened && open());
    client.on("connectionChanged", again);
    open();
    return () => void client.off("connectionChanged", again);
  }, [at]);
  return log;
}
