import type { Client, Message } from "parley-conversations";
import { useEffect, useState } from "preact/hooks";
import { text } from "../text";
import { titleOf, whenOf } from "../titles";
import { Avatar } from "../ui/avatar";
import { hrefOf } from "../ui/place";

/** How long after the last key one searches, in milliseconds. */
const pause = 250;

/** Messages that hold what is searched for. Each leads to its place in its conversation. */
export function Found({ client, query }: { client: Client; query: string }) {
  const [found, setFound] = useState<Message[]>();
  useEffect(() => {
    let over = false;
    const timer = setTimeout(() => {
      client.searchMessages(`${query}*`).then(
        (page) => over || setFound(page.items),
        () => over || setFound([]),
      );
    }, pause);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [query]);
  if (!found) return null;
  return (
    <section class="found" aria-label={text.list.found}>
      <h2>{text.list.found}</h2>
      {found.length === 0 ? <p class="hint">{text.list.nothingFound}</p> : null}
      <ul>
        {found.map((one) => (
          <li key={one.sid}>
            <a href={hrefOf({ sid: one.conversation.sid, index: one.index })}>
              <Avatar name={one.author ?? ""} />
              <span class="about">
                <bdi class="title">{titleOf(one.conversation)}</bdi>
                <span class="last" dir="auto">
                  {one.author}: {one.body}
                </span>
              </span>
              <span class="marks">
                {one.dateCreated ? (
                  <time dateTime={one.dateCreated.toISOString()}>{whenOf(one.dateCreated)}</time>
                ) : null}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
