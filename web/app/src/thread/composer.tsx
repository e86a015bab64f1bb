import type { Conversation, Message } from "parley-conversations";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { text } from "../text";
import { Icon } from "../ui/icon";
import type { Say } from "../ui/toast";
import { Files } from "./files";

/** What was begun in each conversation, for as long as the page is open. */
const drafts = new Map<string, string>();
/** So many files go with one message. */
const mostFiles = 10;

interface Props {
  conversation: Conversation;
  field: RefObject<HTMLTextAreaElement>;
  reply: Message | null;
  onReplied: () => void;
  onSent: () => void;
  onEditLast: () => void;
  say: Say;
}

/** Where one writes. Enter sends, with Shift it begins a line; ArrowUp, where nothing is written, goes to the last. */
export function Composer({ conversation, field, reply, onReplied, onSent, onEditLast, say }: Props) {
  const [body, setBody] = useState(drafts.get(conversation.sid) ?? "");
  const [files, setFiles] = useState<File[]>([]);
  useEffect(() => void drafts.set(conversation.sid, body), [body]);
  useLayoutEffect(() => {
    // On a phone that would bring up its keyboard.
    if (reply || matchMedia("(hover: hover)").matches) field.current?.focus();
  }, [reply]);
  const attach = (more: Iterable<File>): void => setFiles((before) => [...before, ...more].slice(0, mostFiles));
  const send = (): void => {
    if (!body.trim() && files.length === 0) return;
    const message = conversation.prepareMessage();
    if (body.trim()) message.setBody(body);
    if (reply) message.setReplyTo(reply.index);
    for (const file of files) message.addMedia({ contentType: file.type, filename: file.name, media: file });
    try {
      message.buildAndSend().catch(() => undefined); // the message itself says why
    } catch (error) {
      return say(error); // it is more than a message may hold
    }
    setBody("");
    setFiles([]);
    onReplied();
    onSent();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && reply) onReplied();
    if (event.key === "ArrowUp" && body === "") {
      event.preventDefault();
      onEditLast();
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        attach(event.dataTransfer?.files ?? []);
      }}
    >
      {reply ? <Reply to={reply} onReplied={onReplied} /> : null}
      {files.length > 0 ? (
        <Files files={files} onRemove={(file) => setFiles(files.filter((one) => one !== file))} />
      ) : null}
      <Attach onFiles={attach} />
      <textarea
        ref={field}
        dir="auto"
        rows={1}
        placeholder={text.thread.write}
        aria-label={text.thread.write}
        value={body}
        onKeyDown={key}
        onPaste={(event) => attach(event.clipboardData?.files ?? [])}
        onInput={(event) => {
          setBody(event.currentTarget.value);
          conversation.typing().catch(() => undefined); // nobody misses it
        }}
      />
      <button type="submit" class="round" aria-label={text.thread.send} title={text.thread.send}>
        <Icon name="send" />
      </button>
    </form>
  );
}

function Reply({ to, onReplied }: { to: Message; onReplied: () => void }) {
  return (
    <p class="reply">
      <Icon name="reply" />
      <span dir="auto">
        {text.thread.replyTo(to.author ?? "")} <small>{to.body}</small>
      </span>
      <button type="button" class="quiet round" aria-label={text.cancel} onClick={onReplied}>
        <Icon name="close" />
      </button>
    </p>
  );
}

/** A button that asks the browser for files. */
function Attach({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  return (
    <label class="attach" title={text.thread.attach}>
      <Icon name="attach" />
      <input
        type="file"
        multiple
        aria-label={text.thread.attach}
        onChange={(event) => {
          onFiles(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
