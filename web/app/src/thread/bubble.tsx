import type { Message } from "parley-conversations";
import { useState } from "preact/hooks";
import { text } from "../text";
import { timeOf, wholeOf } from "../titles";
import { Avatar } from "../ui/avatar";
import type { Say } from "../ui/toast";
import { Attachments } from "./attachments";
import { Edit } from "./edit";
import { Footer } from "./footer";
import { Tools } from "./tools";
import { Words } from "./words";

/** A finger points at nothing before it touches. */
const hovers = matchMedia("(hover: hover)");

interface Props {
  message: Message;
  first: boolean; // of those that its author said together
  me: string;
  closed: boolean;
  focusable: boolean;
  editing: boolean;
  readers: string[];
  original: Message | null | undefined; // what it replies to; null where that is not here
  onFocus: () => void;
  onReply: (message: Message) => void;
  onEdit: () => void;
  onEdited: () => void;
  onJump: (index: number) => void;
  say: Say;
}

/** A message, and what can be done with it, which is there for the one that is pointed at or has the focus. */
export function Bubble(props: Props) {
  const { message, first, me, closed, focusable, editing, readers, original, say } = props;
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const author = message.author ?? "";
  const sent = message.status === "sent";
  return (
    <article
      class="message"
      aria-label={text.thread.by(author)}
      tabIndex={focusable ? 0 : -1}
      data-own={author === me}
      data-first={first}
      data-status={message.status}
      id={sent ? `m${message.index}` : undefined}
      onPointerEnter={() => setPointed(hovers.matches)}
      onPointerLeave={() => setPointed(false)}
      onFocusIn={() => {
        setFocused(true);
        props.onFocus();
      }}
      onFocusOut={(event) => setFocused(event.currentTarget.contains(event.relatedTarget as Node | null))}
    >
      {first ? <Head message={message} author={author} /> : null}
      {original === undefined ? null : <Quote original={original} onJump={() => props.onJump(message.replyTo!)} />}
      {editing ? (
        <Edit message={message} onDone={props.onEdited} say={say} />
      ) : (
        <>
          {message.body ? <Words body={message.body} /> : null}
          <Attachments message={message} />
        </>
      )}
      <Footer message={message} me={me} readers={readers} say={say} />
      {sent && !closed && !editing && (pointed || focused) ? (
        <Tools message={message} me={me} onReply={props.onReply} onEdit={props.onEdit} say={say} />
      ) : null}
    </article>
  );
}

function Head({ message, author }: { message: Message; author: string }) {
  const { dateCreated } = message;
  return (
    <header>
      <Avatar name={author} />
      <bdi>{author}</bdi>
      {dateCreated ? (
        <time dateTime={dateCreated.toISOString()} title={wholeOf(dateCreated)}>
          {timeOf(dateCreated)}
        </time>
      ) : null}
    </header>
  );
}

function Quote({ original, onJump }: { original: Message | null; onJump: () => void }) {
  return (
    <blockquote>
      <button type="button" class="quiet" onClick={onJump}>
        {original ? text.thread.replyTo(original.author ?? "") : text.thread.replyToOlder}
      </button>
      {original?.body ? <span dir="auto">{original.body}</span> : null}
    </blockquote>
  );
}
