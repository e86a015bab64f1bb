import type { Client, Conversation } from "parley-conversations";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { text } from "../text";
import { titleOf } from "../titles";
import { Avatar } from "../ui/avatar";
import { Ask, type Question } from "../ui/dialog";
import { Icon } from "../ui/icon";
import type { Say } from "../ui/toast";
import { useWatch } from "../ui/watch";
import { People } from "./people";

interface Props {
  client: Client;
  conversation: Conversation;
  me: string;
  onClose: () => void;
  say: Say;
}

/** A conversation's name, who is in it, and what can be done with it as a whole. */
export function Details({ client, conversation, me, onClose, say }: Props) {
  useWatch(conversation, ["updated", "participantJoined", "participantLeft", "participantUpdated"]);
  const close = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => close.current?.focus(), []);
  const closed = conversation.state?.current === "closed";
  const may = (permission: string): boolean => !closed && conversation.permissions.includes(permission);
  return (
    <aside
      class="pane details"
      aria-label={text.details.label}
      onKeyDown={(event) => event.key === "Escape" && !(event.target as Element).closest("dialog") && onClose()}
    >
      <header>
        <h2>{text.details.label}</h2>
        <button ref={close} type="button" class="quiet round" aria-label={text.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="scroll">
        <section class="card">
          <Avatar name={titleOf(conversation)} />
          <strong dir="auto">{titleOf(conversation)}</strong>
          {conversation.uniqueName ? (
            <span class="hint">{text.details.uniqueName(conversation.uniqueName)}</span>
          ) : null}
          {may("editNotificationLevel") ? <Mute conversation={conversation} say={say} /> : null}
        </section>
        {may("editConversationName") ? <Rename conversation={conversation} say={say} /> : null}
        <People client={client} conversation={conversation} me={me} may={may} say={say} />
        <Ends conversation={conversation} may={may} onClose={onClose} say={say} />
      </div>
    </aside>
  );
}

function Mute({ conversation, say }: Pick<Props, "conversation" | "say">) {
  const muted = conversation.notificationLevel === "muted";
  const change = (): void => void conversation.setUserNotificationLevel(muted ? "default" : "muted").catch(say);
  return (
    <button type="button" class="plain" aria-pressed={muted} onClick={change}>
      <Icon name="mute" />
      {muted ? text.details.unmute : text.details.mute}
    </button>
  );
}

function Rename({ conversation, say }: Pick<Props, "conversation" | "say">) {
  const rename = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget as HTMLFormElement).get("name")).trim();
    conversation.updateFriendlyName(name).catch(say);
  };
  return (
    <form class="joined" onSubmit={rename}>
      <label>
        {text.details.rename}
        <input name="name" dir="auto" maxLength={256} defaultValue={conversation.friendlyName ?? ""} />
      </label>
      <button type="submit" class="plain">
        {text.details.save}
      </button>
    </form>
  );
}

/** The ways out: for oneself, or for everybody. What cannot be undone is asked for first. */
function Ends(props: Pick<Props, "conversation" | "onClose" | "say"> & { may: (permission: string) => boolean }) {
  const { conversation, may, onClose, say } = props;
  const [question, setQuestion] = useState<Question>();
  const ask = (title: string, what: string, going: () => Promise<unknown>): void =>
    setQuestion({ title, what, action: title, onYes: () => void going().then(onClose, say) });
  const name = titleOf(conversation);
  const { leave, closeIt, delete: remove } = text.details;
  return (
    <section class="ends">
      {may("leaveConversation") ? (
        <button type="button" class="quiet" onClick={() => void conversation.leave().then(onClose, say)}>
          {leave}
        </button>
      ) : null}
      {may("deleteConversation") ? (
        <>
          <button
            type="button"
            class="quiet"
            onClick={() => ask(closeIt, text.details.sureClose(name), () => conversation.updateState("closed"))}
          >
            {closeIt}
          </button>
          <button
            type="button"
            class="quiet wrong"
            onClick={() => ask(remove, text.details.sureDelete(name), () => conversation.delete())}
          >
            {remove}
          </button>
        </>
      ) : null}
      {question ? <Ask question={question} onClose={() => setQuestion(undefined)} /> : null}
    </section>
  );
}
