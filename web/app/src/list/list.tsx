import type { Client, Conversation, Message } from "parley-conversations";
import { useEffect, useRef, useState } from "preact/hooks";
import { text } from "../text";
import { Avatar } from "../ui/avatar";
import { Dialog } from "../ui/dialog";
import type { Say } from "../ui/toast";
import { useWatch } from "../ui/watch";

export const titleOf = (one: Conversation): string => one.friendlyName || one.uniqueName || text.list.untitled;

interface Props {
  client: Client;
  selected: string;
  onSelect: (sid: string) => void;
  onLeave: () => void;
  say: Say;
}

/** One's conversations, the most recently active first, and ways to more of them. */
export function List({ client, selected, onSelect, onLeave, say }: Props) {
  useWatch(client, [
    "conversationAdded",
    "conversationUpdated",
    "conversationLeft",
    "messageAdded",
    "messageRemoved",
    "synchronized",
  ]);
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState<"make" | "join" | "">("");
  const rows = useRef<HTMLUListElement>(null);
  const named = query.trim().toLocaleLowerCase();
  const shown = client.conversations.filter((one) => titleOf(one).toLocaleLowerCase().includes(named));
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...(rows.current?.querySelectorAll("a") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    if (!step || at < 0) return;
    event.preventDefault();
    links[at + step]?.focus();
  };
  const done = (going: Promise<Conversation>): void => {
    setOpen("");
    going.then((one) => onSelect(one.sid), say);
  };
  return (
    <nav class="pane list" aria-label={text.list.label}>
      <header>
        <Avatar name={identityOf(client)} />
        <strong dir="auto">{identityOf(client)}</strong>
        <button type="button" class="quiet" onClick={onLeave}>
          {text.signIn.out}
        </button>
      </header>
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
          {text.list.make}
        </button>
        <button type="button" class="quiet" onClick={() => setOpen("join")}>
          {text.list.join}
        </button>
      </div>
      <div class="scroll">
        <ul ref={rows} onKeyDown={move}>
          {shown.map((one) => (
            <Row key={one.sid} conversation={one} selected={one.sid === selected} />
          ))}
        </ul>
        {shown.length === 0 && !named ? <p class="nothing">{text.list.none}</p> : null}
        {named.length > 1 ? <Found client={client} query={query.trim()} /> : null}
      </div>
      {open === "make" ? (
        <Dialog
          title={text.list.makeTitle}
          action={text.list.create}
          onClose={() => setOpen("")}
          onDone={(fields) => done(make(client, fields))}
        >
          <label>
            {text.list.friendlyName}
            <input name="friendlyName" dir="auto" required maxLength={256} />
          </label>
          <label>
            {text.list.uniqueName}
            <input name="uniqueName" dir="auto" maxLength={256} />
          </label>
        </Dialog>
      ) : null}
      {open === "join" ? (
        <Dialog
          title={text.list.joinTitle}
          action={text.list.join}
          onClose={() => setOpen("")}
          onDone={(fields) => done(client.joinConversation(fields.name!))}
        >
          <label>
            {text.list.joinName}
            <input name="name" dir="auto" required maxLength={256} />
          </label>
        </Dialog>
      ) : null}
    </nav>
  );
}

/** Who one is; the library knows it only once it has been let in. */
export function identityOf(client: Client): string {
  try {
    return client.user.identity;
  } catch {
    return "";
  }
}

/** Makes a conversation and joins it, as its creator is not in it by itself. */
async function make(client: Client, { friendlyName = "", uniqueName }: Record<string, string>): Promise<Conversation> {
  const made = await client.createConversation({ friendlyName, ...(uniqueName ? { uniqueName } : {}) });
  return made.join();
}

function Row({ conversation: one, selected }: { conversation: Conversation; selected: boolean }) {
  const unread = one.unreadMessagesCount ?? 0;
  const last = one.lastMessage;
  return (
    <li>
      <a href={`#${one.sid}`} aria-current={selected ? "page" : undefined}>
        <Avatar name={titleOf(one)} />
        <span class="about">
          <bdi class="title">{titleOf(one)}</bdi>
          <span class="last" dir="auto">
            {last?.author ? `${last.author}: ` : ""}
            {last?.body ?? ""}
          </span>
        </span>
        {one.notificationLevel === "muted" ? <span class="hint">{text.list.muted}</span> : null}
        {unread > 0 ? (
          <span class="badge" aria-label={text.list.unread(unread)}>
            {unread > 99 ? "99+" : unread}
          </span>
        ) : null}
      </a>
    </li>
  );
}

/** Messages that hold what is searched for, a moment after the last key. */
function Found({ client, query }: { client: Client; query: string }) {
  const [found, setFound] = useState<Message[]>();
  useEffect(() => {
    let over = false;
    const timer = setTimeout(() => {
      client.searchMessages(`${query}*`).then(
        (page) => over || setFound(page.items),
        () => over || setFound([]),
      );
    }, 250);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [query]);
  if (!found) return null;
  return (
    <section aria-label={text.list.found}>
      <h2>{text.list.found}</h2>
      {found.length === 0 ? <p class="hint">{text.list.nothingFound}</p> : null}
      <ul>
        {found.map((one) => (
          <li key={one.sid}>
            <a href={`#${one.conversation.sid}`}>
              <span class="about">
                <bdi class="title">{titleOf(one.conversation)}</bdi>
                <span class="last" dir="auto">
                  {one.author}: {one.body}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
