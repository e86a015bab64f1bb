import { CancellablePromise } from "../cancellable.js";
import { notOffered } from "../absent.js";
import type { JSONValue } from "../json.js";
import type { Context } from "../session/context.js";
import { arrayOf, check, instance, json, literal, nonEmptyString, none, string } from "../validate.js";
import type { WireMessage } from "../wire/objects.js";
import type { Conversation } from "./conversation.js";
import { Media, type MediaCategory } from "./media.js";
import type { MessageUpdateReason } from "./message-types.js";
import { MessageView, type Sending } from "./message-view.js";
import type { Participant } from "./participant.js";
import { DetailedDeliveryReceipt } from "./receipts.js";
import { type RecipientDescriptor, recipientsOf } from "./recipients.js";
import type { ChannelMetadata, ContentData } from "./templates.js";

/** A message. Within a client there is one object for each, and it changes in place. */
export class Message extends MessageView {
  static readonly updated = "updated";
  readonly conversation: Conversation;

  /** @internal */
  constructor(context: Context, conversation: Conversation, state: WireMessage, sending?: Sending) {
    super(context, state, sending);
    this.conversation = conversation;
  }

  /** @deprecated Use getMediaByCategories. */
  getMediaByCategory(categories: MediaCategory[]): Media[] | null {
    return this.getMediaByCategories(categories);
  }

  getMediaByCategories(categories: MediaCategory[]): Media[] | null {
    check("getMediaByCategories", "categories", categories, arrayOf(literal("media", "body", "history")));
    const all = this._all();
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
    const { receipts } = await this._context.request("message.receipts", this.#place());
    return receipts.map((receipt) => new DetailedDeliveryReceipt(receipt));
  }

  /** Deletes the message for everybody; one that was not sent yet is given up. */
  async remove(): Promise<Message> {
    if (this.status === "sent") {
      await this._context.request("message.delete", this.#place());
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
    await this._context.media.urls(contentSet.map((one) => one.sid));
    return contentSet;
  }

  getTemporaryContentUrlsForMedia(contentSet: Media[]): CancellablePromise<Map<string, string>> {
    check("getTemporaryContentUrlsForMedia", "contentSet", contentSet, arrayOf(instance(Media)));
    return this.getTemporaryContentUrlsForMediaSids(contentSet.map((one) => one.sid));
  }

  getTemporaryContentUrlsForMediaSids(mediaSids: string[]): CancellablePromise<Map<string, string>> {
    check("getTemporaryContentUrlsForMediaSids", "mediaSids", mediaSids, arrayOf(nonEmptyString));
    return CancellablePromise.of(() => this._context.media.urls(mediaSids));
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
    this._set(await this._context.request("reaction.add", { ...this.#place(), reaction }));
    return this;
  }

  /** Takes one's own reaction back. */
  async removeReaction(reaction: string): Promise<Message> {
    check("removeReaction", "reaction", reaction, nonEmptyString);
    this._set(await this._context.request("reaction.remove", { ...this.#place(), reaction }));
    return this;
  }

  /** Sends a message again that was refused. */
  retry(): void {
    this._context.outbox.retry(this);
  }

  /** Gives a message up that was not sent. */
  discard(): void {
    this._context.outbox.discard(this);
  }

  async #update(change: { body?: string; attributes?: JSONValue }): Promise<Message> {
    this._set(await this._context.request("message.update", { ...this.#place(), ...change }));
    return this;
  }

  #place(): { conversation: string; message: number } {
    if (this.status !== "sent") throw new Error("The message has not been sent yet");
    return { conversation: this.conversation.sid, message: this.index };
  }

  /** @internal */
  override _tell(updateReasons: MessageUpdateReason[]): void {
    this.emit("updated", { message: this, updateReasons });
    this.conversation._tell("messageUpdated", { message: this, updateReasons });
  }
}
