import type { Message } from "parley-conversations";
import { useState } from "preact/hooks";
import { text } from "../text";
import { Ask } from "../ui/dialog";
import { Icon } from "../ui/icon";
import type { Say } from "../ui/toast";

const offered = ["👍", "❤️", "😂", "🎉"];

interface Props {
  message: Message;
  me: string;
  onReply: (message: Message) => void;
  onEdit: () => void;
  say: Say;
}

/** What can be done with a message. */
export function Tools({ message, me, onReply, onEdit, say }: Props) {
  const [asked, setAsked] = useState(false);
  const { permissions } = message.conversation;
  const may = (what: "edit" | "delete"): boolean =>
    permissions.includes(`${what}AnyMessage`) || (message.author === me && permissions.includes(`${what}OwnMessage`));
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
      <Tool icon="reply" name={text.thread.reply} onClick={() => onReply(message)} />
      {may("edit") && message.body !== null ? <Tool icon="pencil" name={text.thread.edit} onClick={onEdit} /> : null}
      {may("delete") ? <Tool icon="bin" name={text.thread.delete} onClick={() => setAsked(true)} /> : null}
      {asked ? (
        <Ask
          question={{
            title: text.thread.deleteTitle,
            what: text.thread.sure,
            action: text.thread.delete,
            onYes: () => void message.remove().catch(say),
          }}
          onClose={() => setAsked(false)}
        />
      ) : null}
    </div>
  );
}

function Tool(props: { icon: "reply" | "pencil" | "bin"; name: string; onClick: () => void }) {
  return (
    <button type="button" class="quiet" aria-label={props.name} title={props.name} onClick={props.onClick}>
      <Icon name={props.icon} />
    </button>
  );
}
