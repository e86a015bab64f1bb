import type { Conversation } from "parley-conversations";
import { useEffect } from "preact/hooks";

/** Says that the newest message was read, once it has been in sight of somebody who looks. */
export function useReading(conversation: Conversation, atEnd: boolean, newest: number | undefined): void {
  useEffect(() => {
    const read = (): void => {
      if (!atEnd || newest === undefined || document.visibilityState !== "visible") return;
      if (newest <= (conversation.lastReadMessageIndex ?? -1)) return;
      conversation.advanceLastReadMessageIndex(newest).catch(() => undefined); // said again with the next one
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [atEnd, newest]);
}
