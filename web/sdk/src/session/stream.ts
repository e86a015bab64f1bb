import type { ConnectionConfig } from "../connection/config.js";
import { Connection } from "../connection/connection.js";
import type { Phase } from "../connection/phase.js";
import { version } from "../version.js";
import { eventOf, isDurable, type ServerEvent } from "../wire/events.js";
import type { Notice } from "../wire/frame.js";
import type { ConnectParams } from "../wire/methods.js";
import type { Connected } from "../wire/objects.js";
import { Positions } from "./positions.js";

/** Who the stream is for. */
export interface StreamOwner {
  entered(phase: Phase): void;
  /** Connected. `afresh` says that the history is another one, and whatever was known is void. */
  greeted(session: Connected, afresh: boolean): void;
  /** An event to apply, each once and per conversation in order. */
  applied(event: ServerEvent): void;
  expiring(): void;
  expired(): void;
}

/** How many conversations the answer to connect lists: the most that it may. */
export const mostListed = 1000;

/**
 * One stream of events whatever happens to the network: a connection, and how far it has come. What was applied before
 * is dropped, and what had no room in resume comes as a reset.
 */
export class Stream {
  readonly connection: Connection;
  readonly positions = new Positions();
  /** Whether the connection goes on where an earlier one ended: then `resumed` says when all is there. */
  resumes = false;

  constructor(
    config: ConnectionConfig,
    readonly owner: StreamOwner,
    listed = mostListed,
  ) {
    this.connection = new Connection(config, {
      hello: () => this.#hello(listed),
      greeted: (session) => this.#greeted(session),
      heard: (notice) => this.#heard(notice),
      entered: (phase) => owner.entered(phase),
      expiring: () => owner.expiring(),
      expired: () => owner.expired(),
    });
  }

  #hello(listed: number): Omit<ConnectParams, "token"> {
    const resume = this.positions.resume();
    this.resumes = resume.resume !== undefined;
    return { client: `parley-js/${version}`, ...resume, conversations: listed };
  }

  #greeted(session: Connected): void {
    const afresh = this.positions.begin(session.epoch);
    for (const { sid, revision } of session.conversations) this.positions.list(sid, revision);
    this.owner.greeted(session, afresh);
  }

  #heard(notice: Notice): void {
    const event = eventOf(notice);
    if (!event) return;
    if (!isDurable(event)) {
      if (event.method === "resumed") this.#resumed();
      this.owner.applied(event);
      return;
    }
    const { conversation_sid, revision } = event.params;
    const admission = this.positions.admit({
      method: event.method,
      conversation: conversation_sid,
      revision: revision ?? 0,
    });
    if (admission === "drop") return;
    if (admission === "reset" && event.method === "conversationJoined") {
      this.owner.applied({ method: "conversationReset", params: event.params });
      return;
    }
    this.owner.applied(event);
  }

  #resumed(): void {
    for (const sid of this.positions.missing()) {
      this.owner.applied({ method: "conversationLeft", params: { conversation_sid: sid } });
    }
  }
}
