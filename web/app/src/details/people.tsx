import type { Client, Conversation, Participant, Role, User } from "parley-conversations";
import { useEffect, useState } from "preact/hooks";
import { text } from "../text";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";
import { usePeople } from "../ui/people";
import type { Say } from "../ui/toast";

type May = (permission: string) => boolean;

interface Props {
  client: Client;
  conversation: Conversation;
  me: string;
  may: May;
  say: Say;
}

/** Who is in, and a way for more of them. */
export function People({ client, conversation, me, may, say }: Props) {
  const people = usePeople(client, conversation);
  const [roles, setRoles] = useState<Role[]>([]);
  useEffect(() => {
    client.getRoles("conversation").then(setRoles, () => undefined); // then they are not shown
  }, []);
  return (
    <section aria-label={text.details.people}>
      <h3>{text.details.people}</h3>
      <ul>
        {people.map((one) => (
          <Somebody key={one.sid} participant={one} roles={roles} mine={one.identity === me} may={may} say={say} />
        ))}
      </ul>
      {may("addParticipant") ? <Add conversation={conversation} say={say} /> : null}
    </section>
  );
}

function Add({ conversation, say }: Pick<Props, "conversation" | "say">) {
  const [outside, setOutside] = useState(false);
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    const [who, proxy] = [String(fields.get("who")).trim(), String(fields.get("proxy") ?? "").trim()];
    const going: Promise<unknown> = isAddress(who)
      ? conversation.addNonChatParticipant(proxy, who)
      : conversation.add(who);
    going.then(() => {
      if (String(new FormData(form).get("who")).trim() !== who) return; // the next one is being written already
      form.reset();
      setOutside(false);
    }, say);
  };
  return (
    <form class="add" onSubmit={add}>
      <label>
        {text.details.addLabel}
        <input
          name="who"
          dir="auto"
          required
          maxLength={256}
          onInput={(event) => setOutside(isAddress(event.currentTarget.value))}
        />
      </label>
      {outside ? (
        <label>
          {text.details.proxy}
          <input name="proxy" required maxLength={256} />
          <small>{text.details.needsProxy}</small>
        </label>
      ) : null}
      <button type="submit" class="plain">
        {text.details.add}
      </button>
    </form>
  );
}

/** Whether a name is that of somebody outside: a number, or an address of e-mail. */
export const isAddress = (who: string): boolean => /^(whatsapp:)?\+\d+$|^[^@\s]+@[^@\s]+$/u.test(who.trim());

function Somebody(props: { participant: Participant; roles: Role[]; mine: boolean; may: May; say: Say }) {
  const { participant, roles, mine, may, say } = props;
  const online = useOnline(participant);
  const name = participant.identity ?? participant.address?.address ?? "";
  const proxy = participant.address?.proxyAddress;
  const role = roles.find((one) => one.sid === participant.roleSid);
  const mayChange = may("editAnyParticipantAttributes") && participant.identity !== null && roles.length > 0;
  return (
    <li>
      <span class="who" data-online={online}>
        <Avatar name={name} />
      </span>
      <span class="about">
        <bdi class="title">{name}</bdi>
        <small>
          {[mine ? text.details.you : null, kindOf(participant, online), proxy ? text.details.from(proxy) : null]
            .filter(Boolean)
            .join(" · ")}
        </small>
        {mayChange ? (
          <select
            aria-label={text.details.role(name)}
            value={participant.roleSid}
            onChange={(event) => void participant.updateRole(event.currentTarget.value).catch(say)}
          >
            {roles.map((one) => (
              <option key={one.sid} value={one.sid}>
                {one.friendlyName}
              </option>
            ))}
          </select>
        ) : role ? (
          <small>{role.friendlyName}</small>
        ) : null}
      </span>
      {mine || !may("removeParticipant") ? null : (
        <button
          type="button"
          class="quiet round"
          aria-label={text.details.remove(name)}
          title={text.details.remove(name)}
          onClick={() => void participant.remove().catch(say)}
        >
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

/** Whether somebody is there, or by which way one who is outside is written to. */
function kindOf({ type }: Participant, online: boolean | null): string | null {
  if (type !== "chat") return text.details.kinds[type] ?? type;
  return online === null ? null : online ? text.details.online : text.details.offline;
}

/** Whether a user is online, as it changes; null where the server does not say. */
function useOnline(participant: Participant): boolean | null {
  const [online, setOnline] = useState<boolean | null>(null);
  useEffect(() => {
    if (participant.type !== "chat") return;
    let user: User | undefined;
    let over = false;
    const look = (): void => setOnline(user!.isOnline);
    participant.getUser().then(
      (found) => {
        if (over) return;
        user = found.on("updated", look);
        look();
      },
      () => undefined, // it is not said, then
    );
    return () => {
      over = true;
      user?.off("updated", look);
    };
  }, [participant]);
  return online;
}
