import { useState } from "preact/hooks";
import { text } from "../text";
import type { Say } from "../ui/toast";
import { act, type Conversation, find, type Found, type User } from "./hub";

/** Finds users and conversations by their whole names. */
export function Search({ token, say }: { token: string; say: Say }) {
  const [name, setName] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const look = (): Promise<void> => find(name.trim()).then(setFound, say);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim()) void look();
  };
  const deed = (method: "POST" | "DELETE", ...path: string[]): void =>
    void act(token, method, ...path)
      .then(look)
      .catch(say);
  return (
    <section>
      <h2>{text.operator.search}</h2>
      <form class="search" role="search" onSubmit={submit}>
        <input
          type="search"
          dir="auto"
          aria-label={text.operator.searchLabel}
          placeholder={text.operator.searchLabel}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit">{text.operator.find}</button>
      </form>
      <div aria-live="polite" class="found">
        {found && found.users.length + found.conversations.length === 0 ? <p>{text.operator.nothing}</p> : null}
        {found?.users.map((user) => (
          <Person key={user.sid} user={user} able={token !== ""} deed={deed} />
        ))}
        {found?.conversations.map((conversation) => (
          <Room key={conversation.sid} conversation={conversation} />
        ))}
      </div>
    </section>
  );
}

function Person(props: { user: User; able: boolean; deed: (method: "POST" | "DELETE", ...path: string[]) => void }) {
  const { user, able, deed } = props;
  return (
    <article>
      <h3 dir="auto">{user.identity}</h3>
      {user.friendly_name ? <p dir="auto">{user.friendly_name}</p> : null}
      <p>
        {text.operator.sessions(user.sessions.length)}, {text.operator.conversations(user.conversations)}
        {user.barred ? <span class="state ill">{text.operator.barred}</span> : null}
      </p>
      <small>
        {user.sid} · {user.service}
      </small>
      <div class="deeds">
        <button
          type="button"
          class="quiet"
          disabled={!able}
          onClick={() => deed("DELETE", "users", user.sid, "sessions")}
        >
          {text.operator.disconnect}
        </button>
        <button
          type="button"
          class={user.barred ? "quiet" : "quiet wrong"}
          disabled={!able}
          onClick={() => deed(user.barred ? "DELETE" : "POST", "users", user.sid, "bar")}
        >
          {user.barred ? text.operator.lift : text.operator.bar}
        </button>
        {able ? null : <small>{text.operator.needsToken}</small>}
      </div>
    </article>
  );
}

function Room({ conversation }: { conversation: Conversation }) {
  const who = conversation.participants.map((one) => one.identity || one.address);
  return (
    <article>
      <h3 dir="auto">{conversation.friendly_name || conversation.unique_name || conversation.sid}</h3>
      <p>{text.operator.room(conversation.state, conversation.messages, conversation.revision)}</p>
      <p dir="auto">{who.join(", ") + (conversation.more ? "…" : "")}</p>
      <small>
        {conversation.sid}
        {conversation.unique_name ? <span dir="auto"> · {conversation.unique_name}</span> : null} ·{" "}
        {conversation.service}
      </small>
    </article>
  );
}
