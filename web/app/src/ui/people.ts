import type { Client, Conversation, Participant } from "parley-conversations";
import { useEffect, useState } from "preact/hooks";

/** Who is in a conversation, as they come and go. Without a connection they are known later. */
export function usePeople(client: Client, conversation: Conversation): Participant[] {
  const [people, setPeople] = useState<Participant[]>([]);
  useEffect(() => {
    const read = (): void => {
      if (client.online) conversation.getParticipants().then(setPeople, () => undefined);
    };
    conversation.on("participantJoined", read).on("participantLeft", read);
    client.on("connectionChanged", read);
    read();
    return () => {
      conversation.off("participantJoined", read).off("participantLeft", read);
      client.off("connectionChanged", read);
    };
  }, [client, conversation]);
  return people;
}
