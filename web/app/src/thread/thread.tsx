import type { Client, Conversation, Message, Participant } from "parley-conversations";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { identityOf, titleOf } from "../list/list";
import { text } from "../text";
import type { Say } from "../ui/toast";
import { Bubble } from "./bubble";
import { Composer } from "./composer";
import { useLog } from "./log";
import { rowsOf } from "./rows";

interface Props {
  client: Client;
  conversation: Conversation;
  onBack: () => void;
  onDetails: () => void;
  say: Say;
}

/** How near to its end, in pixels, a list counts as being there. */
const near = 60;

/** A conversation: what was said, and where to say more. */
export function Thread({ client, conversation, onBack, onDetails, say }: Props) {
  const log = useLog(conversation, say);
  const me = identityOf(client);
  const [read] = useState(conversation.lastReadMessageIndex);
  const [reply, setReply] = useState<Message | null>(null);
  const people = usePeople(conversation, say);
  const { box, atEnd, toEnd } = useScroll(log.messages, log.all.length, () => void log.older().catch(say));
  useReading(conversation, atEnd, log.messages.at(-1)?.index);
  const typing = people.filter((one) => one.isTyping && one.identity !== me).map((one) => one.identity!);
  const closed = conversation.state?.current === "closed";
  return (
    <>
      <header>
        <button type="button" class="quiet back" aria-label={text.back} onClick={onBack}>
          ‹
        </button>
        <h2>
          <bdi>{titleOf(conversation)}</bdi>
          <small>{text.thread.people(conversation.participantsCount)}</small>
        </h2>
        <button type="button" class="quiet" onClick={onDetails}>
          {text.thread.details}
        </button>
      </header>
      <div ref={box} class="scroll log" role="log" aria-label={text.thread.label(titleOf(conversation))} tabIndex={0}>
        {log.loading ? <p class="hint">{text.thread.older}</p> : null}
        {log.all.length === 0 ? <p class="nothing">{text.thread.empty}</p> : null}
        {rowsOf(log.all, read, me).map((row) => {
          if (row.kind === "day") return <Day key={row.key} day={row.day} />;
          if (row.kind === "fresh") return <FreshLine key={row.key} />;
          return (
            <Bubble
              key={row.key}
              message={row.message}
              first={row.first}
              me={me}
              closed={closed}
              readers={readersOf(people, row.message, me)}
              original={originalOf(log.messages, row.message)}
              onReply={setReply}
              say={say}
            />
          );
        })}
      </div>
      {atEnd ? null : (
        <button type="button" class="latest" onClick={toEnd}>
          {text.thread.latest}
        </button>
      )}
      <p class="typing hint" aria-live="polite">
        {typing.length > 0 ? text.thread.typing(typing) : ""}
      </p>
      {closed ? (
        <p class="hint">{text.thread.closed}</p>
      ) : (
        <Composer conversation={conversation} reply={reply} onReplied={() => setReply(null)} say={say} />
      )}
    </>
  );
}

function Day({ day }: { day: Date }) {
  return (
    <p class="day">
      <time dateTime={day.toISOString()}>{day.toLocaleDateString(undefined, { dateStyle: "full" })}</time>
    </p>
  );
}

const FreshLine = () => <p class="fresh">{text.thread.fresh}</p>;

/** Who has read up to a message, and no further. */
function readersOf(people: Participant[], message: Message, me: string): string[] {
  if (message.status !== "sent") return [];
  const here = people.filter((one) => one.lastReadMessageIndex === message.index && one.identity !== me);
  return here.flatMap((one) => (one.identity ? [one.identity] : []));
}

function originalOf(messages: Message[], message: Message): Message | null | undefined {
  if (message.replyTo === null) return undefined;
  return messages.find((one) => one.status === "sent" && one.index === message.replyTo) ?? null;
}

/** Who is in, as they come and go. */
function usePeople(conversation: Conversation, say: Say): Participant[] {
  const [people, setPeople] = useState<Participant[]>([]);
  useEffect(() => {
    const read = (): void => void conversation.getParticipants().then(setPeople, say);
    conversation.on("participantJoined", read).on("participantLeft", read);
    read();
    return () => void conversation.off("participantJoined", read).off("participantLeft", read);
  }, []);
  return people;
}

/** Keeps the end in sight while it was, and what is read where it is while older messages come in above. */
function useScroll(messages: Message[], count: number, older: () => void) {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef({ first: messages[0], height: 0, top: 0, atEnd: true });
  const [atEnd, setAtEnd] = useState(true);
  useLayoutEffect(() => {
    const el = box.current!;
    const was = before.current;
    if (was.atEnd) el.scrollTop = el.scrollHeight;
    else if (was.first !== messages[0]) el.scrollTop = was.top + el.scrollHeight - was.height;
    before.current = { first: messages[0], height: el.scrollHeight, top: el.scrollTop, atEnd: was.atEnd };
  }, [messages, count]);
  useEffect(() => {
    const el = box.current!;
    const look = (): void => {
      const now = el.scrollHeight - el.scrollTop - el.clientHeight < near;
      before.current = { ...before.current, height: el.scrollHeight, top: el.scrollTop, atEnd: now };
      setAtEnd(now);
      if (el.scrollTop < 4 * near) older();
    };
    const follow = new ResizeObserver(() => {
      if (before.current.atEnd) el.scrollTop = el.scrollHeight; // the page, or a picture, became another size
    });
    el.addEventListener("scroll", look, { passive: true });
    follow.observe(el);
    return () => {
      el.removeEventListener("scroll", look);
      follow.disconnect();
    };
  }, []);
  const toEnd = (): void => {
    box.current!.scrollTop = box.current!.scrollHeight;
  };
  return { box, atEnd, toEnd };
}

/** Says that the newest message was read, once it has been in sight of somebody who looks. */
function useReading(conversation: Conversation, atEnd: boolean, newest: number | undefined): void {
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
