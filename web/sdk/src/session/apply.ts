import { bytesOf } from "../connection/calls.js";
import type { Conversation } from "../model/conversation.js";
import { countsWith, countsWithout } from "../model/conversation-data.js";
import type { ParticipantUpdateReason } from "../model/participant.js";
import type { DurableEvents, ServerEvent, Signals } from "../wire/events.js";
import type { WireConversation } from "../wire/objects.js";
import type { Context } from "./context.js";
import type { Directory } from "./directory.js";

type Params<M extends keyof DurableEvents> = DurableEvents[M];

/** Changes what the client knows as the events say. They come once each, in order per conversation. */
export class Applier {
  readonly #context: Context;
  readonly #directory: Directory;
  /** The revision that the counts of a conversation are of: events up to it are in them already. */
  readonly #counted = new WeakMap<Conversation, number>();

  constructor(context: Context, directory: Directory) {
    this.#context = context;
    this.#directory = directory;
  }

  /** A list, or a reset, shows a conversation whole. */
  whole(state: WireConversation, live = false): Conversation {
    if (!this.#directory.join(state, live)) this.#directory.get(state.sid)!._set(state, true);
    const conversation = this.#directory.get(state.sid)!;
    this.#counted.set(conversation, state.revision);
    return conversation;
  }

  apply(event: ServerEvent): void {
    switch (event.method) {
      case "resumed":
      case "userUpdated":
        return; // the session's own
      case "conversationJoined":
        this.whole(event.params.conversation, !event.params.replay);
        return;
      case "conversationReset":
        this.#reset(event.params);
        return;
      case "conversationReplayed":
        this.whole(event.params.conversation);
        return;
    }
    const conversation = this.#directory.get(event.params.conversation_sid);
    if (conversation?.status === "joined") this.#within(conversation, event);
    else if (event.method !== "conversationLeft") this.#meet(event.params.conversation_sid);
  }

  /** What is not known has to be fetched. */
  #meet(sid: string): void {
    this.#context.request("conversation.get", { conversation: sid }).then(
      (state) => {
        if (state.participant_sid) this.whole(state);
      },
      () => {}, // it is gone by now
    );
  }

  #reset({ conversation: state }: Params<"conversationReset">): void {
    const known = this.#directory.get(state.sid)?.status === "joined";
    const conversation = this.whole(state);
    if (!known) return;
    conversation._roster.stale();
    conversation._messages.reset().then(
      () => {
        conversation.emit("reset", conversation);
        this.#context.emit("conversationReset", conversation);
      },
      () => {}, // without a connection, or without the right to read
    );
  }

  #within(conversation: Conversation, event: ServerEvent): void {
    switch (event.method) {
      case "messageAdded":
        return this.#messageAdded(conversation, event.params);
      case "messageUpdated":
        conversation._messages.updated(event.params.message, event.params.revision);
        return this.#moved(conversation, event.params.revision);
      case "messageRemoved":
        return this.#messageRemoved(conversation, event.params);
      case "participantJoined":
      case "participantLeft":
      case "participantUpdated":
        return this.#participant(conversation, event.method, event.params);
      case "conversationUpdated":
        return conversation._set(event.params.conversation, true);
      case "conversationLeft":
        return this.#directory.leave(conversation, event.params.revision);
      case "ownConversationUpdated":
        return conversation._horizon.told(event.params);
      case "readHorizonsMoved":
        return conversation._roster.moved(event.params.horizons ?? []);
      case "typingStarted":
      case "typingEnded":
        return this.#typing(conversation, event.method === "typingStarted", event.params);
    }
  }

  #typing(conversation: Conversation, typing: boolean, { participant_sid }: Signals["typingStarted"]): void {
    conversation._roster.typing(participant_sid, typing);
  }

  /** Whether the counts do not know of that revision yet. */
  #news(conversation: Conversation, revision: number): boolean {
    return revision > (this.#counted.get(conversation) ?? 0);
  }

  #moved(conversation: Conversation, revision: number): void {
    conversation._set({ revision: Math.max(revision, conversation._state.revision) });
  }

  #messageAdded(conversation: Conversation, { message, revision }: Params<"messageAdded">): void {
    if (this.#news(conversation, revision)) {
      const { index, date_created, author, body } = message;
      const last = { index, date_created: date_created!, author: author ?? null, body: shorten(body ?? "") };
      conversation._set({ ...countsWith(conversation._state, last), revision });
    }
    conversation._messages.added(message);
    this.#context.changed(conversation);
  }

  #messageRemoved(conversation: Conversation, params: Params<"messageRemoved">): void {
    const { message, revision, last_message } = params;
    if (this.#news(conversation, revision)) {
      conversation._set({ ...countsWithout(conversation._state, message.index, last_message), revision });
    }
    conversation._messages.removed(message.index);
    this.#context.changed(conversation);
  }

  #participant(
    conversation: Conversation,
    method: "participantJoined" | "participantLeft" | "participantUpdated",
    { participant: state, revision, reasons }: Params<"participantJoined">,
  ): void {
    const step = { participantJoined: 1, participantLeft: -1, participantUpdated: 0 }[method];
    const count = (conversation._state.participants_count ?? 0) + (this.#news(conversation, revision) ? step : 0);
    conversation._set({ participants_count: Math.max(0, count) });
    this.#moved(conversation, revision);
    if (method === "participantLeft") {
      conversation._tell("participantLeft", conversation._roster.remove(state));
      return;
    }
    const known = conversation._roster.known().some((one) => one.sid === state.sid);
    const participant = conversation._roster.upsert(state, revision);
    if (!participant) return;
    if (method === "participantJoined") {
      if (!known) conversation._tell("participantJoined", participant);
    } else if (!known) {
      const updateReasons = (reasons ?? ["attributes"]) as ParticipantUpdateReason[];
      conversation._tell("participantUpdated", { participant, updateReasons });
    }
    if (method === "participantUpdated" && state.sid === conversation.participantSid) this.#permissions(conversation);
  }

  /** One's own role may be another: what one may do has to be asked for. */
  #permissions(conversation: Conversation): void {
    this.#context.request("conversation.get", { conversation: conversation.sid }).then(
      ({ permissions, role_sid }) => {
        conversation._set({ permissions: permissions ?? [], role_sid: role_sid ?? null });
        conversation._updated(["permissions"]);
      },
      () => {}, // it is gone by now
    );
  }
}

/** The beginning of a text, up to 256 bytes of UTF-8, as the server shortens it. */
function shorten(text: string): string {
  let end = 0;
  let bytes = 0;
  for (const char of text) {
    bytes += bytesOf(char);
    if (bytes > 256) return text.slice(0, end);
    end += char.length;
  }
  return text;
}
