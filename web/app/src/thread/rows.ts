import type { Message, Participant } from "parley-conversations";

/** What stands between and around messages: a day, the line before what is new, or a message and whether its author said the one before. */
export type Row =
  | { kind: "day"; key: string; day: Date }
  | { kind: "fresh"; key: string }
  | { kind: "message"; key: string; message: Message; first: boolean };

/** Messages of one author that are no further apart stand together. */
const together = 5 * 60_000;

export const keyOf = (message: Message): string => message.nonce ?? message.sid;

/** The rows of messages, oldest first. Those with an index above `read` are new, unless it is null. */
export function rowsOf(messages: readonly Message[], read: number | null, me: string): Row[] {
  const rows: Row[] = [];
  let before: Message | undefined;
  let told = read === null;
  for (const message of messages) {
    const at = message.dateCreated ?? new Date();
    const last = before?.dateCreated;
    const sameDay = last?.toDateString() === at.toDateString();
    if (!sameDay) rows.push({ kind: "day", key: `day ${at.toDateString()}`, day: at });
    const fresh = !told && message.status === "sent" && message.index > read! && message.author !== me;
    if (fresh) rows.push({ kind: "fresh", key: "fresh" });
    told ||= fresh;
    const close = last && at.getTime() - last.getTime() < together;
    const first = fresh || !sameDay || !close || before?.author !== message.author || message.replyTo !== null;
    rows.push({ kind: "message", key: keyOf(message), message, first });
    before = message;
  }
  return rows;
}

/** Who has read up to a message, and no further. */
export function readersOf(people: Participant[], message: Message, me: string): string[] {
  if (message.status !== "sent") return [];
  const here = people.filter((one) => one.lastReadMessageIndex === message.index && one.identity !== me);
  return here.flatMap((one) => (one.identity ? [one.identity] : []));
}

/** What a message replies to: undefined where it replies to nothing, null where that is not known here. */
export function originalOf(messages: Message[], message: Message): Message | null | undefined {
  if (message.replyTo === null) return undefined;
  return messages.find((one) => one.status === "sent" && one.index === message.replyTo) ?? null;
}
