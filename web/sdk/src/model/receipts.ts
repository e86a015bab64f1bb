import type { WireDelivery, WireReceipt } from "../wire/objects.js";

/** How many of those outside a state applies to. */
export type DeliveryAmount = "none" | "some" | "all";
export type DeliveryStatus = "sent" | "delivered" | "failed" | "read" | "undelivered" | "queued";

/** How far a message got with the participants outside, in all. */
export class AggregatedDeliveryReceipt {
  readonly #state: WireDelivery;

  /** @internal */
  constructor(state: WireDelivery) {
    this.#state = state;
  }

  /** How many receipts are expected. */
  get total(): number {
    return this.#state.total;
  }

  get sent(): DeliveryAmount {
    return this.#state.sent;
  }

  get delivered(): DeliveryAmount {
    return this.#state.delivered;
  }

  get read(): DeliveryAmount {
    return this.#state.read;
  }

  get undelivered(): DeliveryAmount {
    return this.#state.undelivered;
  }

  get failed(): DeliveryAmount {
    return this.#state.failed;
  }
}

/** How far a message got with one participant outside. */
export class DetailedDeliveryReceipt {
  sid: string;
  messageSid: string;
  conversationSid: string;
  /** The carrier's. */
  channelMessageSid: string;
  participantSid: string;
  status: DeliveryStatus;
  /** 0 for none. */
  errorCode: string | 0;
  dateCreated: string;
  dateUpdated: string;

  /** @internal */
  constructor(receipt: WireReceipt) {
    this.sid = receipt.sid;
    this.messageSid = receipt.message_sid;
    this.conversationSid = receipt.conversation_sid;
    this.channelMessageSid = receipt.channel_message_sid ?? "";
    this.participantSid = receipt.participant_sid;
    this.status = receipt.status;
    this.errorCode = receipt.error_code === 0 ? 0 : String(receipt.error_code);
    this.dateCreated = receipt.date_created;
    this.dateUpdated = receipt.date_updated;
  }
}
