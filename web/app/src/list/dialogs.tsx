import type { Client, Conversation } from "parley-conversations";
import { text } from "../text";
import { Dialog } from "../ui/dialog";

interface Props {
  client: Client;
  onClose: () => void;
  onDone: (going: Promise<Conversation>) => void;
}

export function MakeDialog({ client, onClose, onDone }: Props) {
  return (
    <Dialog
      title={text.list.makeTitle}
      action={text.list.create}
      onClose={onClose}
      onDone={(fields) => onDone(make(client, fields))}
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
  );
}

/** Makes a conversation and joins it, as its creator is not in it by itself. */
async function make(client: Client, { friendlyName = "", uniqueName }: Record<string, string>): Promise<Conversation> {
  const made = await client.createConversation({ friendlyName, ...(uniqueName ? { uniqueName } : {}) });
  return made.join();
}

export function JoinDialog({ client, onClose, onDone }: Props) {
  return (
    <Dialog
      title={text.list.joinTitle}
      action={text.list.join}
      onClose={onClose}
      onDone={(fields) => onDone(client.joinConversation(fields.name!))}
    >
      <label>
        {text.list.joinName}
        <input name="name" dir="auto" required maxLength={256} />
      </label>
    </Dialog>
  );
}
