import { useEffect, useReducer } from "preact/hooks";

/** What events come from: the client, a conversation, a user. */
export interface Source<Event extends string> {
  on(event: Event, listener: () => void): unknown;
  off(event: Event, listener: () => void): unknown;
}

/** Draws a component again whenever one of these events comes. The library's objects change in place. */
export function useWatch<Event extends string>(source: Source<Event>, events: readonly Event[]): void {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const again = (): void => draw(null);
    for (const event of events) source.on(event, again);
    again(); // what came between drawing and listening
    return () => events.forEach((event) => source.off(event, again));
  }, [source, events.join()]);
}
