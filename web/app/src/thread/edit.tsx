import type { Message } from "parley-conversations";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { text } from "../text";
import type { Say } from "../ui/toast";

/** A message as it is written anew. Enter saves, Escape leaves it as it was. */
export function Edit({ message, onDone, say }: { message: Message; onDone: () => void; say: Say }) {
  const [body, setBody] = useState(message.body ?? "");
  const field = useRef<HTMLTextAreaElement>(null);
  // An effect after painting would leave keys to the composer that were meant for this.
  useLayoutEffect(() => {
    const el = field.current!;
    el.focus();
    el.setSelectionRange(el.value.length, el.value.length);
  }, []);
  const save = (): void => {
    if (!body.trim()) return;
    if (body === message.body) onDone();
    else message.updateBody(body).then(onDone, say);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.preventDefault();
      onDone();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  };
  return (
    <form
      class="edit"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <textarea
        ref={field}
        dir="auto"
        aria-label={text.thread.edit}
        value={body}
        onKeyDown={key}
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
