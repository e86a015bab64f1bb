import type { Context } from "../session/context.js";
import type { WireParticipant } from "../wire/objects.js";
import type { ParticipantResponse } from "./conversation-types.js";

/** A participant in the shape that REST answers. The account is not known to clients: its sid is empty. */
export function responseOf(context: Context, participant: WireParticipant): ParticipantResponse {
  const { conversation_sid, sid, messaging_binding: binding } = participant;
  const conversation = `${context.rest}/v1/Conversations/${conversation_sid}`;
  return {
    account_sid: "",
    chat_service_sid: context.service,
    conversation_sid,
    role_sid: participant.role_sid ?? "",
    sid,
    attributes: JSON.stringify(participant.attributes ?? {}),
    date_created: participant.date_created,
    date_updated: participant.date_updated,
    identity: participant.identity ?? "",
    messaging_binding: binding
      ? { type: binding.type, address: binding.address, proxy_address: binding.proxy_address }
      : null,
    url: `${conversation}/Participants/${sid}`,
    links: { conversation },
  };
}
