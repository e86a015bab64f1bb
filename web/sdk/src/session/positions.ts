/** So many positions fit into one connect, beside a token of 8 KiB. */
const mostResumed = 1000;

interface Entry {
  /** The position. */
  at: number;
  /** Known from a list alone. */
  listed: boolean;
  /** Left, at that revision. */
  gone: boolean;
  /** Had no room in resume: what is known of it is void. */
  omitted: boolean;
  /** When it last moved. */
  touched: number;
}

/** What to do with an event. */
export type Admission =
  /** It is new: apply it. */
  | "apply"
  /** It was applied before, or says nothing new. */
  | "drop"
  /** It stands for a reset: what is known of the conversation is void. */
  | "reset";

/** An event as positions see it. */
export interface Positioned {
  method: string;
  conversation: string;
  revision: number;
}

/**
 * How far the stream of events has come in each conversation: the revision of whatever was applied last. It decides
 * which events are new, so that each is applied once over any number of connections, and names the positions from
 * which the server is to go on.
 */
export class Positions {
  epoch: string | undefined;
  #resumes = false;
  #clock = 0;
  #entries = new Map<string, Entry>();

  /** Takes up where an earlier process was. */
  restore(epoch: string, revisions: Iterable<[string, number]>): void {
    this.epoch = epoch;
    this.#resumes = true;
    for (const [sid, at] of revisions) this.#entries.set(sid, this.#fresh(at));
  }

  /** What goes into connect: nothing for who begins afresh. */
  resume(): { epoch?: string; resume?: Record<string, number> } {
    if (!this.#resumes) return {};
    for (const [sid, entry] of this.#entries) if (entry.gone) this.#entries.delete(sid);
    const order = [...this.#entries].sort(([, a], [, b]) => b.touched - a.touched);
    const resume: Record<string, number> = {};
    order.forEach(([sid, entry], i) => {
      entry.omitted ||= i >= mostResumed;
      if (!entry.omitted) resume[sid] = entry.at;
    });
    return this.epoch === undefined ? { resume } : { epoch: this.epoch, resume };
  }

  /** Takes the answer to connect. True where the epoch is another one, which voids everything known before. */
  begin(epoch: string): boolean {
    const changed = this.epoch !== undefined && this.epoch !== epoch;
    if (changed) this.#entries.clear();
    this.epoch = epoch;
    this.#resumes = true;
    return changed;
  }

  /** A conversation showed up in a list: where nothing was known its revision is the position. */
  list(sid: string, revision: number): void {
    if (!this.#entries.has(sid)) this.#entries.set(sid, { ...this.#fresh(revision), listed: true });
  }

  /** The position in a conversation. */
  of(sid: string): number | undefined {
    const entry = this.#entries.get(sid);
    return entry && !entry.gone && !entry.omitted ? entry.at : undefined;
  }

  admit({ method, conversation, revision }: Positioned): Admission {
    let entry = this.#entries.get(conversation);
    if (!entry) {
      entry = this.#fresh(-1);
      this.#entries.set(conversation, entry);
    }
    switch (method) {
      case "conversationReset":
        return this.#move(entry, revision, "reset");
      case "conversationReplayed":
        // It is no change, so it may stand where the last event stood.
        return entry.gone || revision < entry.at ? "drop" : this.#move(entry, revision, "apply");
      case "conversationJoined":
        return this.#joined(entry, revision);
      case "conversationLeft":
        return this.#left(entry, revision);
    }
    if (!entry.omitted && revision <= entry.at) return "drop";
    return this.#move(entry, revision, "apply");
  }

  /**
   * The conversations that had no room in resume and that the server, now that all replays are out, did not name: the
   * user is not in them any more.
   */
  missing(): string[] {
    const gone: string[] = [];
    for (const [sid, entry] of this.#entries) {
      if (!entry.omitted) continue;
      entry.gone = true;
      entry.omitted = false;
      gone.push(sid);
    }
    return gone;
  }

  #fresh(at: number): Entry {
    return { at, listed: false, gone: false, omitted: false, touched: ++this.#clock };
  }

  #move(entry: Entry, at: number, admission: Admission): Admission {
    Object.assign(entry, this.#fresh(at));
    return admission;
  }

  /** A joining stands above every list: that only showed the conversation, and events after this one are to come. */
  #joined(entry: Entry, at: number): Admission {
    if (entry.omitted) return this.#move(entry, at, "reset");
    if (!entry.listed && at <= entry.at) return "drop";
    return this.#move(entry, at, "apply");
  }

  /** After a resume it comes without a revision. */
  #left(entry: Entry, at: number): Admission {
    if (at === 0 ? entry.gone : at <= entry.at && !entry.omitted) return "drop";
    this.#move(entry, Math.max(at, entry.at), "apply");
    entry.gone = true;
    return "apply";
  }
}
