import type { Client, Conversation } from "parley-conversations";
import { useEffect, useState } from "preact/hooks";
import { Details } from "./details/details";
import { List } from "./list/list";
import { type Person, remembered, signIn, signOut } from "./signin/person";
import { SignIn } from "./signin/signin";
import { text } from "./text";
import { Thread } from "./thread/thread";
import { unreadOf } from "./titles";
import { Banner } from "./ui/banner";
import { type Place, usePlace } from "./ui/place";
import { useToasts } from "./ui/toast";
import { useWatch } from "./ui/watch";

/** Somebody who is in. */
interface Guest {
  person: Person;
  client: Client;
}

/** Who one is on this tab decides what is shown: the door, or the conversations. */
export function App() {
  const [guest, setGuest] = useState<Guest | null>(() => {
    const person = remembered();
    return person && enter(person);
  });
  const [failed, setFailed] = useState("");
  function enter(person: Person): Guest {
    const client = signIn(person, (why) => {
      setGuest(null);
      setFailed(why);
    });
    return { person, client };
  }
  const come = (person: Person): void => {
    setFailed("");
    setGuest(enter(person));
  };
  if (!guest) return <SignIn onSignIn={come} failed={failed} />;
  const leave = async (): Promise<void> => {
    await signOut(guest.client, guest.person);
    setGuest(null);
  };
  return <Rooms client={guest.client} me={guest.person.identity} onLeave={() => void leave()} />;
}

/** The conversations, one of them, and what is to know about it. A phone shows one of the three. */
function Rooms({ client, me, onLeave }: { client: Client; me: string; onLeave: () => void }) {
  useWatch(client, ["initialized", "conversationJoined", "conversationLeft", "conversationUpdated", "messageAdded"]);
  const [place, go] = usePlace();
  const [about, setAbout] = useState(false);
  const [toasts, say] = useToasts();
  const conversation = useConversation(client, place);
  const unread = client.conversations.reduce((sum, one) => sum + unreadOf(one), 0);
  document.title = unread > 0 ? `(${unread}) ${text.name}` : text.name;
  const pane = conversation ? (about ? "details" : "thread") : "list";
  return (
    <main class="rooms" data-pane={pane}>
      <h1 class="hidden">{text.name}</h1>
      <Banner client={client} />
      <List client={client} me={me} selected={place.sid} onSelect={(sid) => go({ sid })} onLeave={onLeave} say={say} />
      <section class="pane thread" aria-label={text.thread.pane}>
        {conversation ? (
          <Thread
            key={conversation.sid}
            client={client}
            conversation={conversation}
            me={me}
            at={place.index}
            about={about}
            onBack={() => go({ sid: "" })}
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
          me={me}
          onClose={() => setAbout(false)}
          say={say}
        />
      ) : null}
      {toasts}
    </main>
  );
}

/** The conversation that the address names: one of the list, or a closed one, which is in no list. */
function useConversation(client: Client, { sid }: Place): Conversation | undefined {
  const [other, setOther] = useState<Conversation>();
  const listed = client.conversations.find((one) => one.sid === sid);
  useEffect(() => {
    if (!sid || listed) return;
    let over = false;
    client.getConversationBySid(sid).then(
      (found) => over || setOther(found),
      () => undefined, // there is none, or not for this one
    );
    return () => void (over = true);
  }, [sid, listed, client.online]);
  return listed ?? (other?.sid === sid && other.status === "joined" ? other : undefined);
}
