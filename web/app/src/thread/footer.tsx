import type { AggregatedDeliveryReceipt, Message } from "parley-conversations";
import { text } from "../text";
import type { Say } from "../ui/toast";

interface Props {
  message: Message;
  me: string;
  readers: string[];
  say: Say;
}

/** What became of a message: reactions, whether it is sent, and who has read it. */
export function Footer({ message, me, readers, say }: Props) {
  const delivery = message.author === me ? deliveryOf(message.aggregatedDeliveryReceipt) : "";
  return (
    <footer>
      <Reactions message={message} me={me} say={say} />
      {message.lastUpdatedBy ? <small>{text.thread.edited}</small> : null}
      {message.status === "pending" ? <small>{text.thread.pending}</small> : null}
      {message.status === "failed" ? <Failure message={message} /> : null}
      {delivery ? <small>{delivery}</small> : null}
      {readers.length > 0 ? <small dir="auto">{text.thread.read(readers)}</small> : null}
    </footer>
  );
}

/** How far a message got to those outside: the best that is known, unless it did not get there. */
function deliveryOf(receipt: AggregatedDeliveryReceipt | null): string {
  if (!receipt) return "";
  const { failed, undelivered, read, delivered, sent } = receipt;
  if (failed !== "none" || undelivered !== "none") return text.thread.delivery.failed;
  if (read !== "none") return text.thread.delivery.read[read];
  if (delivered !== "none") return text.thread.delivery.delivered[delivered];
  return sent === "none" ? "" : text.thread.delivery.sent[sent];
}

function Reactions({ message, me, say }: Omit<Props, "readers">) {
  const change = (name: string, mine: boolean): void => {
    const going = mine ? message.removeReaction(name) : message.addReaction(name);
    going.catch(say);
  };
  return (
    <>
      {Object.entries(message.reactions).map(([name, { count, identities }]) => (
        <button
          key={name}
          type="button"
          class="reaction"
          aria-pressed={identities.includes(me)}
          aria-label={text.thread.reacted(name, count)}
          title={identities.join(", ")}
          onClick={() => change(name, identities.includes(me))}
        >
          {name} {count}
        </button>
      ))}
    </>
  );
}

function Failure({ message }: { message: Message }) {
  return (
    <small class="wrong">
      {text.thread.failedMessage}: {message.error?.message}
      <button type="button" class="quiet" onClick={() => message.retry()}>
        {text.thread.retry}
      </button>
      <button type="button" class="quiet" onClick={() => message.discard()}>
        {text.thread.discard}
      </button>
    </small>
  );
}
