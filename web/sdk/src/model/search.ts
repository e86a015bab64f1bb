import type { Context } from "../session/context.js";
import type { Message } from "./message.js";
import { pagesForward, type RestPaginator } from "./paginator.js";

/** What is looked for, and where: in one conversation, or in all. */
interface Question {
  query: string;
  pageSize: number;
  conversation: string | undefined;
}

/** Searches the server's messages. */
export function search(context: Context, question: Question): Promise<RestPaginator<Message>> {
  const { query, pageSize, conversation } = question;
  return pagesForward(async (token) => {
    const answer = await context.request("message.search", {
      query,
      page_size: pageSize,
      ...(conversation === undefined ? {} : { conversation }),
      ...(token === null ? {} : { page_token: token }),
    });
    const found = answer.messages.map(async (state) => {
      const of = await context.directory.bySid(state.conversation_sid!);
      return of._messages.upsert(state);
    });
    const items = (await Promise.all(found)).filter((one) => one !== undefined);
    return { items, next: answer.next_page_token };
  });
}
