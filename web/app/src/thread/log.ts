import type { Conversation, Message, Paginator } from "parley-conversations";
import { useEffect, useReducer, useRef } from "preact/hooks";

const pageSize = 40;

/** What is shown of a conversation: its newest messages, and as many older ones as were asked for. */
export class Log {
  messages: Message[] = [];
  loading = false;
  #oldest: Paginator<Message> | undefined;

  constructor(
    readonly conversation: Conversation,
    readonly draw: () => void,
  ) {}

  get all(): Message[] {
    return [...this.messages, ...this.conversation.queuedMessages];
  }

  get more(): boolean {
    return this.#oldest?.hasPrevPage ?? false;
  }

  /** Reads the newest, at first and when too much happened to be told of. */
  async reset(): Promise<void> {
    this.#oldest = await this.conversation.getMessages(pageSize);
    this.messages = this.#oldest.items;
    this.draw();
  }

  /** Reads older ones. It reports whether there were any. */
  async older(): Promise<boolean> {
    if (this.loading || !this.#oldest?.hasPrevPage) return false;
    this.loading = true;
    this.draw();
    try {
      this.#oldest = await this.#oldest.prevPage();
      const known = new Set(this.messages);
      this.messages = [...this.#oldest.items.filter((one) => !known.has(one)), ...this.messages];
    } finally {
      this.loading = false;
      this.draw();
    }
    return true;
  }

  readonly add = (message: Message): void => {
    if (!this.messages.includes(message)) this.messages = [...this.messages, message];
    this.draw();
  };

  readonly remove = (message: Message): void => {
    this.messages = this.messages.filter((one) => one !== message);
    this.draw();
  };
}

/** The log of a conversation, for as long as it is shown. */
export function useLog(conversation: Conversation, failed: (error: unknown) => void): Log {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const kept = useRef<Log>(null);
  const log = (kept.current ??= new Log(conversation, () => draw(null)));
  useEffect(() => {
    const reset = (): void => void log.reset().catch(failed);
    conversation.on("messageAdded", log.add).on("messageRemoved", log.remove).on("reset", reset);
    const events = ["messageUpdated", "messageQueued", "messageDiscarded", "typingStarted", "typingEnded"] as const;
    for (const event of events) conversation.on(event, log.draw);
    conversation.on("participantUpdated", log.draw).on("updated", log.draw);
    reset();
    return () => {
      conversation.off("messageAdded", log.add).off("messageRemoved", log.remove).off("reset", reset);
      for (const event of events) conversation.off(event, log.draw);
      conversation.off("participantUpdated", log.draw).off("updated", log.draw);
    };
  }, []);
  return log;
}
