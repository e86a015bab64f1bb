import type { Conversation } from "parley-conversations";
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { text } from "../text";
import { titleOf, unreadOf, whenOf } from "../titles";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";
import { hrefOf } from "../ui/place";

/** The height of a row in rem; list.css has it too. */
const height = 4.25;
/** So many rows more than can be seen are drawn, at either end. */
const spare = 5;

interface Props {
  box: RefObject<HTMLElement>;
  conversations: Conversation[];
  selected: string;
  me: string;
}

/** The rows of conversations. Of a long list those that can be seen are drawn, in the place that they would have. */
export function Rows({ box, conversations, selected, me }: Props) {
  const { from, count } = useSight(box);
  const first = Math.max(0, Math.min(from, conversations.length - count));
  const drawn = conversations.slice(first, first + count);
  const after = conversations.length - first - drawn.length;
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...(event.currentTarget as HTMLElement).querySelectorAll("a")];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    if (!step || at < 0) return;
    event.preventDefault();
    links[at + step]?.focus();
  };
  return (
    <ul onKeyDown={move} style={{ paddingBlockStart: `${first * height}rem`, paddingBlockEnd: `${after * height}rem` }}>
      {drawn.map((one, n) => (
        <li key={one.sid} aria-setsize={conversations.length} aria-posinset={first + n + 1}>
          <Row conversation={one} selected={one.sid === selected} me={me} />
        </li>
      ))}
    </ul>
  );
}

/** Which rows a box shows, as it is scrolled. */
function useSight(box: RefObject<HTMLElement>): { from: number; count: number } {
  const [sight, setSight] = useState({ from: 0, count: 3 * spare });
  useEffect(() => {
    const el = box.current!;
    const look = (): void => {
      const row = height * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      // In steps, so that most movements draw nothing.
      const from = Math.max(0, Math.floor(el.scrollTop / row / spare) - 1) * spare;
      const count = Math.ceil(el.clientHeight / row / spare) * spare + 3 * spare;
      setSight((before) => (before.from === from && before.count === count ? before : { from, count }));
    };
    const follow = new ResizeObserver(look);
    follow.observe(el);
    el.addEventListener("scroll", look, { passive: true });
    return () => {
      follow.disconnect();
      el.removeEventListener("scroll", look);
    };
  }, []);
  return sight;
}

function Row({ conversation: one, selected, me }: { conversation: Conversation; selected: boolean; me: string }) {
  const unread = unreadOf(one);
  const last = one.lastMessage;
  const author = last?.author === me ? text.list.you : last?.author;
  return (
    <a href={hrefOf(one)} aria-current={selected ? "page" : undefined} data-unread={unread > 0}>
      <Avatar name={titleOf(one)} />
      <span class="about">
        <bdi class="title">{titleOf(one)}</bdi>
        <span class="last" dir="auto">
          {author ? `${author}: ` : ""}
          {last ? (last.body ?? text.list.noText) : ""}
        </span>
      </span>
      <span class="marks">
        <time dateTime={one.lastActivity.toISOString()}>{whenOf(one.lastActivity)}</time>
        <span>
          {one.notificationLevel === "muted" ? (
            <span class="hint" role="img" aria-label={text.list.muted}>
              <Icon name="mute" />
            </span>
          ) : null}
          {unread > 0 ? (
            <span class="badge" role="img" aria-label={text.list.unread(unread)}>
              {unread > 99 ? "99+" : unread}
            </span>
          ) : null}
        </span>
      </span>
    </a>
  );
}
