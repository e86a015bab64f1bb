import type { Client, Conversation } from "parley-conversations";
import { useRef, useState } from "preact/hooks";
import { text } from "../text";
import { titleOf } from "../titles";
import { Avatar } from "../ui/avatar";
import { Ask, type Question } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { ThemeSwitch } from "../ui/theme";
import type { Say } from "../ui/toast";
import { useWatch } from "../ui/watch";
import { JoinDialog, MakeDialog } from "./dialogs";
import { Found } from "./found";
import { Rows } from "./rows";
import { useClosed } from "./closed";

interface Props {
  client: Client;
  me: string;
  selected: string;
  onSelect: (sid: string) => void;
  onLeave: () => void;
  say: Say;
}

/** One's conversations, the most recently active first, and ways to more of them. */
export function List({ client, me, selected, onSelect, onLeave, say }: Props) {
  useWatch(client, [
    "conversationAdded",
    "conversationUpdated",
    "conversationLeft",
    "conversationRemoved",
    "messageAdded",
    "messageRemoved",
    "synchronized",
  ]);
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState<"make" | "join" | "">("");
  const [putAway, setPutAway] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const closed = useClosed(client, putAway, say);
  const named = query.trim().toLocaleLowerCase();
  const all = putAway ? closed : client.conversations;
  const shown = named ? all?.filter((one) => titleOf(one).toLocaleLowerCase().includes(named)) : all;
  const done = (going: Promise<Conversation>): void => {
    setOpen("");
    going.then((one) => onSelect(one.sid), say);
  };
  return (
    <nav class="pane list" aria-label={text.list.label}>
      <Head client={client} me={me} onLeave={onLeave} />
      <div class="tools">
        <input
          type="search"
          dir="auto"
          placeholder={text.list.search}
          aria-label={text.list.search}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <button type="button" onClick={() => setOpen("make")}>
          <Icon name="plus" />
          {text.list.make}
        </button>
        <button type="button" class="plain" onClick={() => setOpen("join")}>
          {text.list.join}
        </button>
      </div>
      <div ref={box} class="scroll">
        {shown ? <Rows box={box} conversations={shown} selected={selected} me={me} /> : null}
        {shown?.length === 0 && !named ? (
          <p class="nothing">{putAway ? text.list.noneClosed : text.list.none}</p>
        ) : null}
        {named.length > 1 ? <Found client={client} query={query.trim()} /> : null}
      </div>
      <footer>
        <button type="button" class="quiet" aria-pressed={putAway} onClick={() => setPutAway(!putAway)}>
          {putAway ? text.list.showOpen : text.list.showClosed}
        </button>
      </footer>
      {open === "make" ? <MakeDialog client={client} onClose={() => setOpen("")} onDone={done} /> : null}
      {open === "join" ? <JoinDialog client={client} onClose={() => setOpen("")} onDone={done} /> : null}
    </nav>
  );
}

/** Who one is, and the way out, which asks where something was not sent yet. */
function Head({ client, me, onLeave }: { client: Client; me: string; onLeave: () => void }) {
  const [question, setQuestion] = useState<Question>();
  const leave = (): void => {
    const waiting = client.conversations.reduce((sum, one) => sum + one.queuedMessages.length, 0);
    if (waiting === 0) return onLeave();
    setQuestion({
      title: text.signIn.out,
      what: text.signIn.unsent(waiting),
      action: text.signIn.out,
      onYes: onLeave,
    });
  };
  return (
    <header>
      <Avatar name={me} />
      <strong dir="auto">{me}</strong>
      <ThemeSwitch />
      <button type="button" class="quiet round" aria-label={text.signIn.out} title={text.signIn.out} onClick={leave}>
        <Icon name="door" />
      </button>
      {question ? <Ask question={question} onClose={() => setQuestion(undefined)} /> : null}
    </header>
  );
}
