import { codes, ParleyError } from "./errors.js";

/**
 * What `@twilio/conversations` offers and the server does not yet: the one list of it. Each of these rejects with an
 * error that says so.
 */
export const absent = {
  push: ["Client.setPushRegistrationId", "Client.unsetPushRegistrationId", "Client.removePushRegistrations"],
  "content templates": ["Client.getContentTemplates", "Message.getContentData", "MessageBuilder.setContentTemplate"],
  "channel metadata": ["Message.getChannelMetadata"],
} as const;

type Absent = (typeof absent)[keyof typeof absent][number];

/** The error of a method that is in the list. */
export function notOffered(method: Absent): ParleyError {
  return new ParleyError(`${method} is not offered by this server`, {
    code: codes.unknownMethod,
    name: "NotOfferedError",
    data: { status: 501, definite: true },
  });
}
