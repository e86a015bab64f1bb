import type { Client, Conversation, Message } from "parley-conversations";
import { useRef, useState } from "preact/hooks";
import { text } from "../text";
import { dayOf, titleOf } from "../titles";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";
import { usePeople } from "../ui/people";
import type { Say } from "../ui/toast";
import { Bubble } from "./bubble";
import { Composer } from "./composer";
import { moveFocus } from "./keys";
import { useLog } from "./log";
import { useReading } from "./reading";
import { keyOf, originalOf, readersOf, rowsOf } from "./rows";
import { useScroll } from "./scroll";

interface Props {
  client: Client;
  conversation: Conversation;
  me: string;
  at: number | undefined; // the message to begin with
  about: boolean;
  onBack: () => void;
  onDetails: () => void;
  say: Say;
}

/** A conversation: what was said, and where to say more. */
export function Thread(props: Props) {
  const { client, conversation, me, at, say } = props;
  const log = useLog(client, conversation, at, say);
  const [read] = useState(conversation.lastReadMessageIndex);
  const [reply, setReply] = useState<Message | null>(null);
  const [editing, setEditing] = useState("");
  const [current, setCurrent] = useState("");
  const writing = useRef<HTMLTextAreaElement>(null);
  const people = usePeople(client, conversation);
  const { box, inner, scroller, atEnd } = useScroll(log, say);
  useReading(conversation, atEnd, log.messages.at(-1)?.index);
  const typing = people.filter((one) => one.isTyping && one.identity !== me).map((one) => one.identity!);
  const closed = conversation.state?.current === "closed";
  const all = log.all;
  const focusable = all.some((one) => keyOf(one) === current) ? current : all.length > 0 ? keyOf(all.at(-1)!) : "";
  const toEnd = async (): Promise<void> => {
    if (log.hasNewer) await log.newest();
    scroller.toEnd();
  };
  const jump = (index: number): void => {
    if (!scroller.show(index)) log.around(index, true).catch(say);
  };
  const editLast = (): void => {
    const mine = all.findLast((one) => one.author === me && one.status === "sent" && one.body !== null);
    if (mine) setEditing(keyOf(mine));
  };
  const edited = (): void => {
    setEditing("");
    writing.current?.focus();
  };
  return (
    <>
      <Head {...props} />
      <div
        ref={box}
        class="scroll log"
        role="log"
        aria-label={text.thread.label(titleOf(conversation))}
        aria-busy={log.loading !== ""}
        onKeyDown={(event) => moveFocus(event, () => writing.current?.focus())}
      >
        <div ref={inner} class="said">
          {log.loading === "older" ? <p class="hint loading">{text.thread.older}</p> : null}
          {all.length === 0 && !log.hasOlder ? <p class="nothing">{text.thread.empty}</p> : null}
          {rowsOf(all, read, me).map((row) => {
            if (row.kind === "day") return <Day key={row.key} day={row.day} />;
            if (row.kind === "fresh") return <FreshLine key={row.key} />;
            return (
              <Bubble
                key={row.key}
                message={row.message}
                first={row.first}
                me={me}
                closed={closed}
                focusable={row.key === focusable}
                editing={row.key === editing}
                readers={readersOf(people, row.message, me)}
                original={originalOf(log.messages, row.message)}
                onFocus={() => setCurrent(row.key)}
                onReply={setReply}
                onEdit={() => setEditing(row.key)}
                onEdited={edited}
                onJump={jump}
                say={say}
              />
            );
          })}
        </div>
      </div>
      {atEnd ? null : (
        <button
          type="button"
          class="latest"
          aria-label={text.thread.latest}
          title={text.thread.latest}
          onClick={() => void toEnd().catch(say)}
        >
          <Icon name="down" />
        </button>
      )}
      <p class="typing hint" aria-live="polite">
        {typing.length > 0 ? text.thread.typing(typing) : ""}
      </p>
      {closed ? (
        <p class="hint over">{text.thread.closed}</p>
      ) : (
        <Composer
          conversation={conversation}
          field={writing}
          reply={reply}
          onReplied={() => setReply(null)}
          onSent={() => void toEnd().catch(say)}
          onEditLast={editLast}
          say={say}
        />
      )}
    </>
  );
}

function Head({ conversation, about, onBack, onDetails }: Props) {
  return (
    <header>
      <button type="button" class="quiet round back" aria-label={text.back} onClick={onBack}>
        <Icon name="back" />
      </button>
      <Avatar name={titleOf(conversation)} />
      <h2>
        <bdi>{titleOf(conversation)}</bdi>
        <small>{text.thread.people(conversation.participantsCount)}</small>
      </h2>
      <button
        type="button"
        class="quiet round"
        aria-label={text.thread.details}
        title={text.thread.details}
        aria-expanded={about}
        onClick={onDetails}
      >
        <Icon name="info" />
      </button>
    </header>
  );
}

function Day({ day }: { day: Date }) {
  return (
    <p class="day">
      <time dateTime={day.toISOString()}>{dayOf(day)}</time>
    </p>
  );
}

const FreshLine = () => <p class="fresh">{text.thread.fresh}</p>;
