import { CancellablePromise } from "../cancellable.js";
import { ReplayEventEmitter } from "../events/replay.js";
import { notOffered } from "../absent.js";
import { copyJSON, type JSONValue, sameJSON } from "../json.js";
import type { Context } from "../session/context.js";
import { arrayOf, check, instance, json, literal, nonEmptyString, none, string } from "../validate.js";
import type { WireMessage } from "../wire/objects.js";
import type { Conversation } from "./conversation.js";
import { dateOf } from "./dates.js";
import { Media, type MediaCategory } from "./media.js";
import type { Participant } from "./participant.js";
import { AggregatedDeliveryReceipt, DetailedDeliveryReceipt } from "./receipts.js";
import { type RecipientDescriptor, recipientsOf } from "./recipients.js";
import type { ChannelMetadata, ContentData } from "./templates.js";

export type MessageUpdateReason =
  | "body"
  | "lastUpdatedBy"
  | "dateCreated"
  | "dateUpdated"
  | "attributes"
  | "author"
  | "deliveryReceipt"
  | "subject"
  | "media"
  /** Parley's own. */
  | "reactions"
  /** Parley's own: of a message that one sends. */
  | "status";
export type MessageType = "text" | "media";
/** How far a message of one's own is: waiting or on its way, stored, or refused. */
export type MessageStatus = "pending" | "sent" | "failed";
export interface MessageUpdatedEventArgs {
  message: Message;
  updateReasons: MessageUpdateReason[];
}
/** Who reacted with one name. */
export interface Reaction {
  count: number;
  /** The first twenty of them. */
  identities: string[];
}
export type MessageEvents = {
  updated: (data: { message: Message; updateReasons: MessageUpdateReason[] }) => void;
};

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

/** A message. Within a client there is one object for each, and it changes in place. */
export class Message extends ReplayEventEmitter<MessageEvents> {
  static readonly updated = "updated";
  readonly conversation: Conversation;
  readonly #context: Context;
  #state: WireMessage;
  #sending: Sending;
  #media: Media[] | undefined;

  /** @internal */
  constructor(context: Context, conversation: Conversation, state: WireMessage, sending = sent) {
    super();
    this.#context = context;
    this.conversation = conversation;
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
    return this.#all().length > 0 ? "media" : "text";
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
    return this.#all()[0] ?? null;
  }

  get attachedMedia(): Media[] | null {
    return this.getMediaByCategories(["media"]);
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

  /** @deprecated Use getMediaByCategories. */
  getMediaByCategory(categories: MediaCategory[]): Media[] | null {
    return this.getMediaByCategories(categories);
  }

  getMediaByCategories(categories: MediaCategory[]): Media[] | null {
    check("getMediaByCategories", "categories", categories, arrayOf(literal("media", "body", "history")));
    const all = this.#all();
    return all.length === 0 ? null : all.filter((one) => categories.includes(one.category));
  }

  getEmailBody(type = "text/plain"): Media | null {
    return this.getMediaByCategories(["body"])?.find((one) => one.contentType === type) ?? null;
  }

  getEmailHistory(type = "text/plain"): Media | null {
    return this.getMediaByCategories(["history"])?.find((one) => one.contentType === type) ?? null;
  }

  async getParticipant(): Promise<Participant> {
    const { participantSid, author } = this;
    if (participantSid) return this.conversation._roster.find({ sid: participantSid });
    if (author) return this.conversation._roster.find({ identity: author });
    throw new Error(`The message ${this.sid} was not sent by a participant`);
  }

  async getDetailedDeliveryReceipts(): Promise<DetailedDeliveryReceipt[]> {
    const { receipts } = await this.#context.request("message.receipts", this.#place());
    return receipts.map((receipt) => new DetailedDeliveryReceipt(receipt));
  }

  /** Deletes the message for everybody; one that was not sent yet is given up. */
  async remove(): Promise<Message> {
    if (this.status === "sent") {
      await this.#context.request("message.delete", this.#place());
      this.conversation._messages.removed(this.index);
    } else {
      this.discard();
    }
    return this;
  }

  async updateBody(body: string): Promise<Message> {
    check("updateBody", "body", body, string);
    return this.#update({ body });
  }

  /** Replaces the attributes. */
  async updateAttributes(attributes: JSONValue): Promise<Message> {
    check("updateAttributes", "attributes", attributes, json);
    return this.#update({ attributes });
  }

  /** Fetches the addresses of media at once, so that asking each for its own takes no time. */
  async attachTemporaryUrlsFor(contentSet: Media[] | null): Promise<Media[]> {
    check("attachTemporaryUrlsFor", "contentSet", contentSet, none, arrayOf(instance(Media)));
    if (!contentSet) return [];
    await this.#context.media.urls(contentSet.map((one) => one.sid));
    return contentSet;
  }

  getTemporaryContentUrlsForMedia(contentSet: Media[]): CancellablePromise<Map<string, string>> {
    check("getTemporaryContentUrlsForMedia", "contentSet", contentSet, arrayOf(instance(Media)));
    return this.getTemporaryContentUrlsForMediaSids(contentSet.map((one) => one.sid));
  }

  getTemporaryContentUrlsForMediaSids(mediaSids: string[]): CancellablePromise<Map<string, string>> {
    check("getTemporaryContentUrlsForMediaSids", "mediaSids", mediaSids, arrayOf(nonEmptyString));
    return CancellablePromise.of(() => this.#context.media.urls(mediaSids));
  }

  getTemporaryContentUrlsForAttachedMedia(): CancellablePromise<Map<string, string>> {
    return this.getTemporaryContentUrlsForMedia(this.attachedMedia ?? []);
  }

  getContentData(): CancellablePromise<ContentData | null> {
    return CancellablePromise.of(async () => {
      if (this.contentSid === null) return null;
      throw notOffered("Message.getContentData");
    });
  }

  async getChannelMetadata(): Promise<ChannelMetadata | null> {
    throw notOffered("Message.getChannelMetadata");
  }

  /** Who the message goes to by e-mail. */
  async getMessageRecipients(): Promise<RecipientDescriptor[]> {
    return recipientsOf(this.sid, await this.conversation.getParticipants(), this.author);
  }

  /** Adds one's own reaction; adding it twice changes nothing. */
  async addReaction(reaction: string): Promise<Message> {
    check("addReaction", "reaction", reaction, nonEmptyString);
    this._set(await this.#context.request("reaction.add", { ...this.#place(), reaction }));
    return this;
  }

  /** Takes one's own reaction back. */
  async removeReaction(reaction: string): Promise<Message> {
    check("removeReaction", "reaction", reaction, nonEmptyString);
    this._set(await this.#context.request("reaction.remove", { ...this.#place(), reaction }));
    return this;
  }

  /** Sends a message again that was refused. */
  retry(): void {
    this.#context.outbox.retry(this);
  }

  /** Gives a message up that was not sent. */
  discard(): void {
    this.#context.outbox.discard(this);
  }

  async #update(change: { body?: string; attributes?: JSONValue }): Promise<Message> {
    this._set(await this.#context.request("message.update", { ...this.#place(), ...change }));
    return this;
  }

  #place(): { conversation: string; message: number } {
    if (this.status !== "sent") throw new Error("The message has not been sent yet");
    return { conversation: this.conversation.sid, message: this.index };
  }

  #all(): Media[] {
    this.#media ??= (this.#state.media ?? []).map((state) => new Media(this.#context, state));
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

  /** @internal */
  _tell(updateReasons: MessageUpdateReason[]): void {
    this.emit("updated", { message: this, updateReasons });
    this.conversation._tell("messageUpdated", { message: this, updateReasons });
  }

  /** @internal */
  get _state(): WireMessage {
    return this.#state;
  }
}
