import type { Client, Conversation, Participant, Role } from "parley-conversations";
import { useEffect, useState } from "preact/hooks";
import { identityOf, titleOf } from "../list/list";
import { text } from "../text";
import type { Say } from "../ui/toast";
import { useWatch } from "../ui/watch";

interface Props {
  client: Client;
  conversation: Conversation;
  onClose: () => void;
  say: Say;
}

/** A conversation's name, who is in it, and what can be done with it as a whole. */
export function Details({ client, conversation, onClose, say }: Props) {
  useWatch(conversation, ["updated", "participantJoined", "participantLeft", "participantUpdated"]);
  const muted = conversation.notificationLevel === "muted";
  const may = (permission: string): boolean => conversation.permissions.includes(permission);
  const surely = (going: () => Promise<unknown>): void => {
    if (confirm(text.details.sure)) going().then(onClose, say);
  };
  const rename = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget as HTMLFormElement).get("name")).trim();
    conversation.updateFriendlyName(name).catch(say);
  };
  return (
    <aside class="pane details" aria-label={text.details.label}>
      <header>
        <h2>{text.details.label}</h2>
        <button type="button" class="quiet" onClick={onClose}>
          {text.close}
        </button>
      </header>
      <div class="scroll">
        {may("editConversationName") ? (
          <form onSubmit={rename}>
            <label>
              {text.details.rename}
              <input name="name" dir="auto" maxLength={256} defaultValue={titleOf(conversation)} />
            </label>
            <button type="submit">{text.details.save}</button>
          </form>
        ) : null}
        <button
          type="button"
          class="quiet"
          onClick={() => void conversation.setUserNotificationLevel(muted ? "default" : "muted").catch(say)}
        >
          {muted ? text.details.unmute : text.details.mute}
        </button>
        <People client={client} conversation={conversation} say={say} />
        <section class="ends">
          <button type="button" class="quiet" onClick={() => void conversation.leave().then(onClose, say)}>
            {text.details.leave}
          </button>
          {may("manageConversation") ? (
            <button type="button" class="quiet" onClick={() => surely(() => conversation.updateState("closed"))}>
              {text.details.closeIt}
            </button>
          ) : null}
          {may("deleteConversation") ? (
            <button type="button" class="quiet wrong" onClick={() => surely(() => conversation.delete())}>
              {text.details.delete}
            </button>
          ) : null}
        </section>
      </div>
    </aside>
  );
}

/** Who is in, and a way for more of them. */
function People({ client, conversation, say }: Omit<Props, "onClose">) {
  const [people, setPeople] = useState<Participant[]>([]);
  const [roles, setRoles] = useState<Role[]>([]);
  const [outside, setOutside] = useState(false);
  useEffect(() => {
    const read = (): void => void conversation.getParticipants().then(setPeople, say);
    conversation.on("participantJoined", read).on("participantLeft", read);
    read();
    client.getRoles("conversation").then(setRoles, say);
    return () => void conversation.off("participantJoined", read).off("participantLeft", read);
  }, []);
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    const [who, proxy] = [String(fields.get("who")).trim(), String(fields.get("proxy") ?? "").trim()];
    if (isAddress(who) && !proxy) return say(new Error(text.details.needsProxy));
    const going: Promise<unknown> = isAddress(who)
      ? conversation.addNonChatParticipant(proxy, who)
      : conversation.add(who);
    going.then(() => form.reset(), say);
  };
  return (
    <section aria-label={text.details.people}>
      <h3>{text.details.people}</h3>
      <ul>
        {people.map((one) => (
          <Somebody
            key={one.sid}
            participant={one}
            roles={roles}
            mine={one.identity === identityOf(client)}
            say={say}
          />
        ))}
      </ul>
      <form
        onSubmit={add}
        onInput={(event) =>
          setOutside(isAddress((event.currentTarget.elements.namedItem("who") as HTMLInputElement).value))
        }
      >
        <label>
          {text.details.addLabel}
          <input name="who" dir="auto" required maxLength={256} />
        </label>
        {outside ? (
          <label>
            {text.details.proxy}
            <input name="proxy" />
          </label>
        ) : null}
        <button type="submit">{text.details.add}</button>
      </form>
    </section>
  );
}

/** Whether a name is that of somebody outside: a number, or an address of e-mail. */
export const isAddress = (who: string): boolean => /^(whatsapp:)?\+\d+$|^[^@\s]+@[^@\s]+$/u.test(who.trim());

function Somebody(props: { participant: Participant; roles: Role[]; mine: boolean; say: Say }) {
  const { participant, roles, mine, say } = props;
  const [online, setOnline] = useState<boolean | null>(null);
  useEffect(() => {
    if (participant.type === "chat")
      participant.getUser().then(
        (user) => setOnline(user.isOnline),
        () => undefined,
      );
  }, [participant]);
  const name = participant.identity ?? participant.address?.address ?? "";
  return (
    <li>
      <bdi>{name}</bdi>
      {online === null ? null : <small>{online ? text.details.online : text.details.offline}</small>}
      {participant.identity && roles.length > 0 ? (
        <select
          aria-label={text.details.role(name)}
          value={participant.roleSid}
          onChange={(event) => void participant.updateRole(event.currentTarget.value).catch(say)}
        >
          {roles.map((role) => (
            <option key={role.sid} value={role.sid}>
              {role.friendlyName}
            </option>
          ))}
        </select>
      ) : null}
      {mine ? null : (
        <button
          type="button"
          class="quiet"
          aria-label={text.details.remove(name)}
          onClick={() => void participant.remove().catch(say)}
        >
          ×
        </button>
      )}
    </li>
  );
}
