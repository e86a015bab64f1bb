import { ReplayEventEmitter } from "../events/replay.js";
import { copyJSON, type JSONValue, sameJSON } from "../json.js";
import type { Context } from "../session/context.js";
import type { WireMessage } from "../wire/objects.js";
import { dateOf } from "./dates.js";
import { Media } from "./media.js";
import type { MessageEvents, MessageStatus, MessageType, MessageUpdateReason, Reaction } from "./message-types.js";
import { AggregatedDeliveryReceipt } from "./receipts.js";

/** What is known of a message that waits to be sent. */
export interface Sending {
  status: MessageStatus;
  error: Error | null;
  progress: { loaded: number; total: number } | null;
}

const sent: Sending = { status: "sent", error: null, progress: null };
const reasonFields: [MessageUpdateReason, keyof WireMessage][] = [
  ["body", "body"],
  ["lastUpdatedBy", "last_updated_by"],
  ["dateCreated", "date_created"],
  ["dateUpdated", "date_updated"],
  ["attributes", "attributes"],
  ["author", "author"],
  ["deliveryReceipt", "delivery"],
  ["subject", "subject"],
  ["media", "media"],
  ["reactions", "reactions"],
];

/** What can be seen of a message, and how it changes. */
export abstract class MessageView extends ReplayEventEmitter<MessageEvents> {
  /** @internal */
  readonly _context: Context;
  #state: WireMessage;
  #sending: Sending;
  #media: Media[] | undefined;

  /** @internal */
  constructor(context: Context, state: WireMessage, sending = sent) {
    super();
    this._context = context;
    this.#state = state;
    this.#sending = sending;
  }

  get sid(): string {
    return this.#state.sid;
  }

  /** Its place in the conversation; -1 before it is sent. */
  get index(): number {
    return this.#state.index;
  }

  get author(): string | null {
    return this.#state.author ?? null;
  }

  get subject(): string | null {
    return this.#state.subject ?? null;
  }

  get contentSid(): string | null {
    return this.#state.content_sid ?? null;
  }

  get body(): string | null {
    return this.#state.body ?? null;
  }

  get dateCreated(): Date | null {
    return dateOf(this.#state.date_created);
  }

  get dateUpdated(): Date | null {
    return dateOf(this.#state.date_updated);
  }

  get lastUpdatedBy(): string | null {
    return this.#state.last_updated_by ?? null;
  }

  get attributes(): JSONValue {
    return copyJSON(this.#state.attributes ?? {});
  }

  get type(): MessageType {
    return this._all().length > 0 ? "media" : "text";
  }

  get participantSid(): string | null {
    return this.#state.participant_sid ?? null;
  }

  get aggregatedDeliveryReceipt(): AggregatedDeliveryReceipt | null {
    const { delivery } = this.#state;
    return delivery ? new AggregatedDeliveryReceipt(delivery) : null;
  }

  /** @deprecated Use attachedMedia. */
  get media(): Media | null {
    return this._all()[0] ?? null;
  }

  get attachedMedia(): Media[] | null {
    return this._all().length === 0 ? null : this._all().filter((one) => one.category === "media");
  }

  /** How far a message of one's own is. */
  get status(): MessageStatus {
    return this.#sending.status;
  }

  /** Why it was not sent. */
  get error(): Error | null {
    return this.#sending.error;
  }

  /** How much of its media is uploaded, in bytes, while that goes on. */
  get uploadProgress(): { loaded: number; total: number } | null {
    return this.#sending.progress;
  }

  /** What the sender named it: the same before and after it is sent. */
  get nonce(): string | null {
    return this.#state.nonce ?? null;
  }

  /** The index of the message that this one replies to. */
  get replyTo(): number | null {
    return this.#state.reply_to ?? null;
  }

  get reactions(): Record<string, Reaction> {
    const all: Record<string, Reaction> = {};
    for (const [name, { count, identities }] of Object.entries(this.#state.reactions ?? {})) {
      Object.defineProperty(all, name, { value: { count, identities: [...(identities ?? [])] }, enumerable: true });
    }
    return all;
  }

  /** @internal */
  _all(): Media[] {
    this.#media ??= (this.#state.media ?? []).map((state) => new Media(this._context, state));
    return this.#media;
  }

  /** @internal Takes a newer state, and tells what is different. */
  _set(state: WireMessage, quietly = false): void {
    const before = this.#state;
    if (state.removed || (state.revision ?? 0) < (before.revision ?? 0)) return;
    this.#state = state;
    if (!sameJSON(before.media ?? null, state.media ?? null)) this.#media = undefined;
    const reasons = reasonFields
      .filter(([, name]) => !sameJSON(before[name] ?? null, state[name] ?? null))
      .map(([reason]) => reason);
    if (reasons.length > 0 && !quietly) this._tell(reasons);
  }

  /** @internal */
  _send(sending: Partial<Sending>, quietly = false): void {
    this.#sending = { ...this.#sending, ...sending };
    if (!quietly) this._tell(["status"]);
  }

  /** @internal Emits here, at the conversation and at the client. */
  abstract _tell(updateReasons: MessageUpdateReason[]): void;

  /** @internal */
  get _state(): WireMessage {
    return this.#state;
  }
}
