import type { Participant } from "./participant.js";

export type EmailRecipientLevel = "to" | "from" | "cc";

/** Who an e-mail of a message goes to, or comes from. */
export class EmailRecipientDescriptor {
  readonly type = "email";
  readonly messageSid: string;
  readonly level: EmailRecipientLevel;
  readonly name: string;
  readonly address: string;

  /** @internal */
  constructor(recipient: { messageSid: string; level: EmailRecipientLevel; name: string; address: string }) {
    this.messageSid = recipient.messageSid;
    this.level = recipient.level;
    this.name = recipient.name;
    this.address = recipient.address;
  }
}

/** A recipient of a kind that this version does not know. */
export class UnknownRecipientDescriptor {
  readonly type: string;
  readonly messageSid: string;
  readonly rawData: string;

  /** @internal */
  constructor(recipient: { type: string; messageSid: string; rawData: string }) {
    this.type = recipient.type;
    this.messageSid = recipient.messageSid;
    this.rawData = recipient.rawData;
  }
}

export type RecipientDescriptor = EmailRecipientDescriptor | UnknownRecipientDescriptor;

/** The recipients of a message by e-mail: the participants who are reached so, but for its author. */
export function recipientsOf(
  messageSid: string,
  participants: Participant[],
  author: string | null,
): RecipientDescriptor[] {
  const all: RecipientDescriptor[] = [];
  for (const { bindings } of participants) {
    const email = bindings.email;
    if (!email) continue;
    const level = email.address === author ? "from" : email.level;
    all.push(new EmailRecipientDescriptor({ messageSid, level, name: email.name, address: email.address }));
  }
  return all;
}
