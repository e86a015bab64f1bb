import type { Client, Conversation } from "parley-conversations";
import { useEffect, useState } from "preact/hooks";
import type { Say } from "../ui/toast";

/** The closed conversations, read when they are wanted; undefined until then. */
export function useClosed(client: Client, wanted: boolean, say: Say): Conversation[] | undefined {
  const [closed, setClosed] = useState<Conversation[]>();
  useEffect(() => {
    if (!wanted) return;
    let over = false;
    const read = async (): Promise<void> => {
      const all: Conversation[] = [];
      let page = await client.getClosedConversations();
      all.push(...page.items);
      while (page.hasNextPage) {
        page = await page.nextPage();
        all.push(...page.items);
      }
      if (!over) setClosed(all);
    };
    read().catch(say);
    return () => void (over = true);
  }, [client, wanted]);
  return closed;
}
