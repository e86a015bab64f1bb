import type { Conversation, Message } from "parley-conversations";
import { useEffect, useRef, useState } from "preact/hooks";
import { text } from "../text";
import type { Say } from "../ui/toast";

/** What was begun in each conversation, for as long as the page is open. */
const drafts = new Map<string, string>();

interface Props {
  conversation: Conversation;
  reply: Message | null;
  onReplied: () => void;
  say: Say;
}

/** Where one writes. Enter sends, with Shift it begins a line. */
export function Composer({ conversation, reply, onReplied, say }: Props) {
  const [body, setBody] = useState(drafts.get(conversation.sid) ?? "");
  const [files, setFiles] = useState<File[]>([]);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => void drafts.set(conversation.sid, body), [body]);
  useEffect(() => field.current?.focus(), [reply]);
  const attach = (more: Iterable<File>): void => setFiles((before) => [...before, ...more].slice(0, 10));
  const send = (): void => {
    if (!body.trim() && files.length === 0) return;
    const message = conversation.prepareMessage().setBody(body);
    if (reply) message.setReplyTo(reply.index);
    for (const file of files) message.addMedia({ contentType: file.type, filename: file.name, media: file });
    message.buildAndSend().catch(say);
    setBody("");
    setFiles([]);
    onReplied();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && reply) onReplied();
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
      {reply ? (
        <p class="reply" dir="auto">
          {text.thread.replyTo(reply.author ?? "")}
          <button type="button" class="quiet" onClick={onReplied}>
            {text.cancel}
          </button>
        </p>
      ) : null}
      {files.length > 0 ? (
        <ul class="files">
          {files.map((file) => (
            <li key={file}>
              <bdi>{file.name}</bdi>
              <button
                type="button"
                class="quiet"
                aria-label={text.thread.remove(file.name)}
                onClick={() => setFiles(files.filter((one) => one !== file))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <label class="attach">
        <span aria-hidden="true">+</span>
        <input
          type="file"
          multiple
          aria-label={text.thread.attach}
          onChange={(event) => {
            attach(event.currentTarget.files ?? []);
            event.currentTarget.value = "";
          }}
        />
      </label>
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
      <button type="submit">{text.thread.send}</button>
    </form>
  );
}
