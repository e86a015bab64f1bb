import type { Message } from "parley-conversations";
import { useState } from "preact/hooks";
import { text } from "../text";
import { Avatar } from "../ui/avatar";
import type { Say } from "../ui/toast";
import { Attachments } from "./attachments";
import { Words } from "./words";

const offered = ["👍", "❤️", "😂", "🎉"];

interface Props {
  message: Message;
  first: boolean; // of those that its author said together
  me: string;
  closed: boolean;
  readers: string[];
  original: Message | null | undefined; // what it replies to; null where that is not here
  onReply: (message: Message) => void;
  say: Say;
}

/** A message, and what can be done with it. */
export function Bubble(props: Props) {
  const { message, first, me, closed, readers, original, say } = props;
  const [editing, setEditing] = useState(false);
  const author = message.author ?? "";
  const own = author === me;
  const sent = message.status === "sent";
  return (
    <article
      class="message"
      data-own={own}
      data-first={first}
      data-status={message.status}
      id={sent ? `m${message.index}` : undefined}
    >
      {first ? (
        <header>
          <Avatar name={author} />
          <bdi>{author}</bdi>
          <time dateTime={message.dateCreated?.toISOString()}>
            {message.dateCreated?.toLocaleTimeString(undefined, { timeStyle: "short" })}
          </time>
        </header>
      ) : null}
      {original === undefined ? null : <Quote original={original} index={message.replyTo!} />}
      {editing ? (
        <Edit message={message} onDone={() => setEditing(false)} say={say} />
      ) : (
        <>
          {message.body ? <Words body={message.body} /> : null}
          <Attachments message={message} />
        </>
      )}
      <Footer message={message} me={me} readers={readers} say={say} />
      {sent && !closed && !editing ? (
        <Actions {...props} onEdit={own && message.body !== null ? () => setEditing(true) : undefined} />
      ) : null}
    </article>
  );
}

function Quote({ original, index }: { original: Message | null; index: number }) {
  const show = (): void => document.getElementById(`m${index}`)?.scrollIntoView({ block: "center" });
  return (
    <blockquote>
      <button type="button" class="quiet" onClick={show}>
        {original ? text.thread.replyTo(original.author ?? "") : text.thread.gone}
      </button>
      <span dir="auto">{original?.body}</span>
    </blockquote>
  );
}

function Actions({ message, me, onReply, onEdit, say }: Props & { onEdit: (() => void) | undefined }) {
  return (
    <div class="tools" role="group" aria-label={text.thread.actions}>
      {offered.map((name) => (
        <button
          key={name}
          type="button"
          class="quiet"
          aria-label={text.thread.react(name)}
          onClick={() => void message.addReaction(name).catch(say)}
        >
          {name}
        </button>
      ))}
      <button type="button" class="quiet" onClick={() => onReply(message)}>
        {text.thread.reply}
      </button>
      {onEdit ? (
        <button type="button" class="quiet" onClick={onEdit}>
          {text.thread.edit}
        </button>
      ) : null}
      {message.author === me ? (
        <button type="button" class="quiet" onClick={() => void message.remove().catch(say)}>
          {text.thread.delete}
        </button>
      ) : null}
    </div>
  );
}

function Footer({ message, me, readers, say }: { message: Message; me: string; readers: string[]; say: Say }) {
  const reactions = Object.entries(message.reactions);
  const delivery = message.aggregatedDeliveryReceipt;
  return (
    <footer>
      {reactions.map(([name, { count, identities }]) => (
        <button
          key={name}
          type="button"
          class="reaction"
          aria-pressed={identities.includes(me)}
          aria-label={text.thread.reacted(name, count)}
          onClick={() => {
            const going = identities.includes(me) ? message.removeReaction(name) : message.addReaction(name);
            going.catch(say);
          }}
        >
          {name} {count}
        </button>
      ))}
      {message.lastUpdatedBy ? <small>{text.thread.edited}</small> : null}
      {message.status === "pending" ? <small>{text.thread.pending}</small> : null}
      {message.status === "failed" ? (
        <small class="wrong">
          {text.thread.failedMessage}: {message.error?.message}
          <button type="button" class="quiet" onClick={() => message.retry()}>
            {text.thread.retry}
          </button>
          <button type="button" class="quiet" onClick={() => message.discard()}>
            {text.thread.discard}
          </button>
        </small>
      ) : null}
      {message.author === me && delivery && delivery.total > 0 ? (
        <small>{text.thread.delivery(delivered(delivery), delivery.total)}</small>
      ) : null}
      {readers.length > 0 ? <small dir="auto">{text.thread.read(readers)}</small> : null}
    </footer>
  );
}

/** How many outside a message went to: carriers tell of none, some or all. */
function delivered({ total, sent }: { total: number; sent: string }): number {
  return sent === "all" ? total : sent === "some" ? 1 : 0;
}

function Edit({ message, onDone, say }: { message: Message; onDone: () => void; say: Say }) {
  const [body, setBody] = useState(message.body ?? "");
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    message.updateBody(body).then(onDone, say);
  };
  return (
    <form onSubmit={save} onKeyDown={(event) => event.key === "Escape" && onDone()}>
      <textarea
        dir="auto"
        autofocus
        aria-label={text.thread.edit}
        value={body}
        onInput={(event) => setBody(event.currentTarget.value)}
      />
      <div class="actions">
        <button type="button" class="quiet" onClick={onDone}>
          {text.cancel}
        </button>
        <button type="submit">{text.thread.save}</button>
      </div>
    </form>
  );
}
