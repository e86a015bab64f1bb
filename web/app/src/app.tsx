import type { Client, Conversation } from "parley-conversations";
import { useEffect, useState } from "preact/hooks";
import { Details } from "./details/details";
import { List } from "./list/list";
import { type Person, remembered, signIn, signOut } from "./signin/person";
import { SignIn } from "./signin/signin";
import { text } from "./text";
import { Thread } from "./thread/thread";
import { Banner } from "./ui/banner";
import { useToasts } from "./ui/toast";
import { useWatch } from "./ui/watch";

/** Who one is on this tab decides what is shown: the door, or the conversations. */
export function App() {
  const [client, setClient] = useState<Client | null>(null);
  const [failed, setFailed] = useState("");
  const enter = (person: Person): void => {
    setFailed("");
    setClient(
      signIn(person, (why) => {
        setClient(null);
        setFailed(why);
      }),
    );
  };
  useEffect(() => {
    const person = remembered();
    if (person) enter(person);
  }, []);
  if (!client) return <SignIn onSignIn={enter} failed={failed} />;
  const leave = async (): Promise<void> => {
    await signOut(client);
    setClient(null);
  };
  return <Rooms client={client} onLeave={() => void leave()} />;
}

/** The sid that the address names, which Back and Forward change. */
function useSelected(): [string, (sid: string) => void] {
  const [sid, setSid] = useState(() => location.hash.slice(1));
  useEffect(() => {
    const follow = (): void => setSid(location.hash.slice(1));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return [sid, (next) => (location.hash = next)];
}

/** The conversations, one of them, and what is to know about it. A phone shows one of the three. */
function Rooms({ client, onLeave }: { client: Client; onLeave: () => void }) {
  useWatch(client, ["initialized", "conversationJoined", "conversationLeft", "conversationUpdated", "messageAdded"]);
  const [selected, select] = useSelected();
  const [about, setAbout] = useState(false);
  const [toasts, say] = useToasts();
  const conversation: Conversation | undefined = client.conversations.find((one) => one.sid === selected);
  const unread = client.conversations.reduce((sum, one) => sum + (one.unreadMessagesCount ?? 0), 0);
  document.title = unread > 0 ? `(${unread}) ${text.name}` : text.name;
  const pane = conversation ? (about ? "details" : "thread") : "list";
  return (
    <main class="rooms" data-pane={pane}>
      <h1 class="hidden">{text.name}</h1>
      <Banner client={client} />
      <List client={client} selected={selected} onSelect={select} onLeave={onLeave} say={say} />
      <section class="pane thread" aria-label={text.thread.pane}>
        {conversation ? (
          <Thread
            key={conversation.sid}
            client={client}
            conversation={conversation}
            onBack={() => select("")}
            onDetails={() => setAbout(!about)}
            say={say}
          />
        ) : (
          <p class="nothing">{text.thread.none}</p>
        )}
      </section>
      {conversation && about ? (
        <Details
          key={conversation.sid}
          client={client}
          conversation={conversation}
          onClose={() => setAbout(false)}
          say={say}
        />
      ) : null}
      {toasts}
    </main>
  );
}
