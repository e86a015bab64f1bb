import type { Context } from "../session/context.js";
import type { WireMessage } from "../wire/objects.js";
import type { Conversation } from "./conversation.js";
import type { Message } from "./message.js";
import { RestPaginator } from "./paginator.js";

/** What is looked for, and where: in one conversation, or in all. */
interface Question {
  query: string;
  pageSize: number;
  conversation: string | undefined;
}
/** The token of a page; null for the first. */
type Token = string | null;

/** A search in the server's messages, page by page. The server names only what comes next: the way back is kept here. */
export class Search {
  readonly #context: Context;
  readonly #question: Question;
  readonly #conversation: (sid: string) => Conversation | Promise<Conversation>;

  constructor(
    context: Context,
    question: Question,
    conversation: (sid: string) => Conversation | Promise<Conversation>,
  ) {
    this.#context = context;
    this.#question = question;
    this.#conversation = conversation;
  }

  /** The page of a token, which those `before` it led to. */
  async page(before: Token[], token: Token): Promise<RestPaginator<Message>> {
    const { query, pageSize, conversation } = this.#question;
    const answer = await this.#context.request("message.search", {
      query,
      page_size: pageSize,
      ...(conversation === undefined ? {} : { conversation }),
      ...(token === null ? {} : { page_token: token }),
    });
    const found = await Promise.all(answer.messages.map((state) => this.#object(state)));
    const source = (where: { before: Token[]; token: Token }) => this.page(where.before, where.token);
    const prev = before.length > 0 ? { before: before.slice(0, -1), token: before.at(-1)! } : null;
    const next = answer.next_page_token ? { before: [...before, token], token: answer.next_page_token } : null;
    const items = found.filter((one) => one !== undefined);
    return new RestPaginator(items, source, prev, next);
  }

  async #object(state: WireMessage): Promise<Message | undefined> {
    return (await this.#conversation(state.conversation_sid!))._messages.upsert(state);
  }
}
