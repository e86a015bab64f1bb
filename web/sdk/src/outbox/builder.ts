import { notOffered } from "../absent.js";
import { CancellablePromise } from "../cancellable.js";
import type { JSONValue } from "../json.js";
import type { Conversation } from "../model/conversation.js";
import type { ConversationLimits, SendEmailOptions, SendMediaOptions } from "../model/conversation-types.js";
import type { MediaCategory } from "../model/media.js";
import type { Message } from "../model/message.js";
import type { ContentTemplateVariable } from "../model/templates.js";
import {
  arrayOf,
  check,
  json,
  nonEmptyString,
  nonNegativeInteger,
  object,
  nothing,
  sendable,
  string,
} from "../validate.js";
import { type Attachment, attachmentsOf } from "./attachment.js";
import type { Outbox } from "./outbox.js";

/** A message that is written and not sent yet. */
export class UnsentMessage {
  declare text?: string;
  attributes: JSONValue = {};
  mediaContent: [MediaCategory, FormData | SendMediaOptions][] = [];
  emailOptions: SendEmailOptions = {};
  declare contentSid?: string;
  declare contentVariables?: ContentTemplateVariable[];
  /** The index of the message that it replies to. */
  declare replyTo?: number;
  readonly #outbox: Outbox;
  readonly #conversation: Conversation;

  /** @internal */
  constructor(outbox: Outbox, conversation: Conversation) {
    this.#outbox = outbox;
    this.#conversation = conversation;
  }

  /** Sends the message; the promise is that of its index. Cancelling gives it up, unless it is stored already. */
  send(): CancellablePromise<number | null> {
    return new CancellablePromise<number | null>((resolve, reject, onCancel) => {
      if (this.contentSid !== undefined) throw notOffered("MessageBuilder.setContentTemplate");
      const { message, sent } = this.#queue();
      onCancel(() => message.discard());
      sent.then(resolve, reject);
    });
  }

  /** Sends the message and gives it as it waits, for those who show it at once. */
  queue(): Message {
    const { message, sent } = this.#queue();
    sent.catch(() => {}); // the message itself says what became of it
    return message;
  }

  #queue(): { message: Message; sent: Promise<number> } {
    return this.#outbox.add(this.#conversation, {
      ...(this.text === undefined ? {} : { body: this.text }),
      attributes: this.attributes,
      ...(this.emailOptions.subject === undefined ? {} : { subject: this.emailOptions.subject }),
      ...(this.replyTo === undefined ? {} : { replyTo: this.replyTo }),
      files: this.mediaContent.flatMap(([category, content]) => attachmentsOf(category, content)),
    });
  }
}

/** Puts a message together. */
export class MessageBuilder {
  readonly #limits: ConversationLimits;
  readonly #message: UnsentMessage;
  readonly #bodies = new Map<string, FormData | SendMediaOptions>();
  readonly #histories = new Map<string, FormData | SendMediaOptions>();

  /** @internal */
  constructor(limits: ConversationLimits, message: UnsentMessage) {
    this.#limits = limits;
    this.#message = message;
  }

  setBody(text: string): MessageBuilder {
    check("setBody", "text", text, string);
    this.#message.text = text;
    return this;
  }

  setSubject(subject: string): MessageBuilder {
    check("setSubject", "subject", subject, string);
    this.#message.emailOptions.subject = subject;
    return this;
  }

  setAttributes(attributes: JSONValue): MessageBuilder {
    check("setAttributes", "attributes", attributes, json);
    this.#message.attributes = attributes;
    return this;
  }

  /** Makes it a reply to the message of that index. */
  setReplyTo(index: number): MessageBuilder {
    check("setReplyTo", "index", index, nonNegativeInteger);
    this.#message.replyTo = index;
    return this;
  }

  setEmailBody(contentType: string, body: FormData | SendMediaOptions): MessageBuilder {
    check("setEmailBody", "contentType", contentType, nonEmptyString);
    check("setEmailBody", "body", body, sendable);
    this.#bodies.set(contentType, body);
    return this;
  }

  setEmailHistory(contentType: string, history: FormData | SendMediaOptions): MessageBuilder {
    check("setEmailHistory", "contentType", contentType, nonEmptyString);
    check("setEmailHistory", "history", history, sendable);
    this.#histories.set(contentType, history);
    return this;
  }

  setContentTemplate(contentSid: string, contentVariables?: ContentTemplateVariable[]): MessageBuilder {
    check("setContentTemplate", "contentSid", contentSid, nonEmptyString);
    check("setContentTemplate", "contentVariables", contentVariables, nothing, arrayOf(object));
    this.#message.contentSid = contentSid;
    this.#message.contentVariables = contentVariables ?? [];
    return this;
  }

  addMedia(payload: FormData | SendMediaOptions): MessageBuilder {
    check("addMedia", "payload", payload, sendable);
    this.#message.mediaContent.push(["media", payload]);
    return this;
  }

  /** The message; throws where it is more than a conversation takes. */
  build(): UnsentMessage {
    const { emailBodiesAllowedContentTypes, emailHistoriesAllowedContentTypes } = this.#limits;
    this.#addEmail("body", this.#bodies, emailBodiesAllowedContentTypes);
    this.#addEmail("history", this.#histories, emailHistoriesAllowedContentTypes);
    const files = this.#message.mediaContent.flatMap(([category, content]) => attachmentsOf(category, content));
    this.#checkFiles(files);
    return this.#message;
  }

  buildAndSend(): CancellablePromise<number | null> {
    return this.build().send();
  }

  #addEmail(category: MediaCategory, all: Map<string, FormData | SendMediaOptions>, allowed: string[]): void {
    for (const [contentType, content] of all) {
      if (!allowed.includes(contentType)) {
        throw new Error(`The content type ${contentType} is not allowed for an email ${category}`);
      }
      this.#message.mediaContent.push([category, content]);
    }
    all.clear();
  }

  #checkFiles(files: Attachment[]): void {
    const { mediaAttachmentsCountLimit, mediaAttachmentSizeLimitInMb, mediaAttachmentsTotalSizeLimitInMb } =
      this.#limits;
    const megabyte = 1024 * 1024;
    if (files.length > mediaAttachmentsCountLimit) {
      throw new Error(`A message has at most ${mediaAttachmentsCountLimit} media attachments, not ${files.length}`);
    }
    if (files.some((file) => file.content.size > mediaAttachmentSizeLimitInMb * megabyte)) {
      throw new Error(`A media attachment has at most ${mediaAttachmentSizeLimitInMb} MB`);
    }
    if (files.reduce((sum, file) => sum + file.content.size, 0) > mediaAttachmentsTotalSizeLimitInMb * megabyte) {
      throw new Error(`The media attachments of a message have at most ${mediaAttachmentsTotalSizeLimitInMb} MB`);
    }
  }
}
