import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { text } from "../text";

/** A dialog that keeps the keyboard in, and that Escape closes. Its form hands over the fields by name. */
export function Dialog(props: {
  title: string;
  action: string;
  danger?: boolean;
  children: ComponentChildren;
  onDone: (fields: Record<string, string>) => void;
  onClose: () => void;
}) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => box.current?.showModal(), []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    props.onDone(Object.fromEntries([...fields].map(([name, value]) => [name, String(value).trim()])));
  };
  return (
    <dialog ref={box} aria-label={props.title} onClose={props.onClose}>
      <form onSubmit={submit}>
        <h2>{props.title}</h2>
        {props.children}
        <div class="actions">
          <button type="button" class="quiet" onClick={() => box.current?.close()}>
            {text.cancel}
          </button>
          <button type="submit" class={props.danger ? "danger" : undefined}>
            {props.action}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** What is asked before something that cannot be undone. */
export interface Question {
  title: string;
  what: string;
  action: string;
  onYes: () => void;
}

export function Ask({ question, onClose }: { question: Question; onClose: () => void }) {
  const yes = (): void => {
    onClose();
    question.onYes();
  };
  return (
    <Dialog title={question.title} action={question.action} danger onClose={onClose} onDone={yes}>
      <p dir="auto">{question.what}</p>
    </Dialog>
  );
}
