import { codes, ParleyError } from "../errors.js";
import type { Context } from "../session/context.js";
import type { Horizon } from "../wire/events.js";
import type { WireParticipant } from "../wire/objects.js";
import type { Conversation } from "./conversation.js";
import type { JSONValue } from "../json.js";
import type { ParticipantResponse } from "./conversation-types.js";
import { Participant } from "./participant.js";
import { responseOf } from "./participant-response.js";

/** What an event leaves out. */
const blank = { identity: null, attributes: {}, messaging_binding: null, last_read_message_index: null };

/** The participants of one conversation that are known, one object each. */
export class Roster {
  readonly #context: Context;
  readonly #conversation: Conversation;
  readonly #all = new Map<string, { participant: Participant; at: number }>();
  readonly #left = new Set<string>();
  #whole: Promise<void> | undefined;

  constructor(context: Context, conversation: Conversation) {
    this.#context = context;
    this.#conversation = conversation;
  }

  /** Everybody, in the order of joining. Read once, and then kept up by events. */
  async list(): Promise<Participant[]> {
    this.#whole ??= this.#read();
    try {
      await this.#whole;
    } catch (error) {
      this.#whole = undefined;
      throw error;
    }
    return this.known();
  }

  known(): Participant[] {
    return [...this.#all.values()].map((entry) => entry.participant);
  }

  async #read(): Promise<void> {
    let token: string | null = null;
    do {
      const page: { participants: WireParticipant[]; next_page_token: string | null; revision: number } =
        await this.#context.request("participant.list", {
          conversation: this.#conversation.sid,
          page_size: 100,
          ...(token === null ? {} : { page_token: token }),
        });
      for (const one of page.participants) {
        this.upsert(one, page.revision);
        const entry = this.#all.get(one.sid);
        if (!entry) continue;
        // Those known before stand where events put them: the list has them all in the order of joining.
        this.#all.delete(one.sid);
        this.#all.set(one.sid, entry);
      }
      token = page.next_page_token;
    } while (token !== null);
  }

  /** The one of a sid or identity. */
  async find(name: { sid: string } | { identity: string }): Promise<Participant> {
    const known = this.#known(name);
    if (known) return known;
    const participant = "sid" in name ? name.sid : name.identity;
    const state = await this.#context.request("participant.get", { conversation: this.#conversation.sid, participant });
    if (("sid" in name ? state.sid : state.identity) !== participant) {
      throw new ParleyError(`Participant ${participant} was not found`, { code: codes.participantNotFound });
    }
    return this.upsert(state, -1) ?? new Participant(this.#context, this.#conversation, state);
  }

  /** Adds a user. */
  async add(identity: string, attributes: JSONValue | undefined): Promise<ParticipantResponse> {
    const conversation = this.#conversation.sid;
    const params = { conversation, identity, ...(attributes === undefined ? {} : { attributes }) };
    return responseOf(this.#context, await this.#context.request("participant.add", params));
  }

  /** Adds somebody who is written to at an address. */
  async addNonChat(proxyAddress: string, address: string, attributes: JSONValue): Promise<ParticipantResponse> {
    const params = { conversation: this.#conversation.sid, proxy_address: proxyAddress, address, attributes };
    return responseOf(this.#context, await this.#context.request("participant.add_non_chat", params));
  }

  /** Takes somebody out, by sid or identity. */
  async expel(participant: string): Promise<void> {
    await this.#context.request("participant.remove", { conversation: this.#conversation.sid, participant });
  }

  #known(name: { sid: string } | { identity: string }): Participant | undefined {
    if ("sid" in name) return this.#all.get(name.sid)?.participant;
    return this.known().find((one) => one.identity === name.identity);
  }

  /**
   * Takes the state of a participant as of a revision, -1 for one that is not known: then what is known goes on to
   * count. Who left in the meantime does not come back.
   */
  upsert(given: WireParticipant, at: number): Participant | undefined {
    const state = { ...blank, ...given };
    if (this.#left.has(state.sid)) return undefined;
    const known = this.#all.get(state.sid);
    if (!known) {
      const participant = new Participant(this.#context, this.#conversation, state);
      this.#all.set(state.sid, { participant, at });
      return participant;
    }
    if (at >= known.at) {
      known.at = at;
      known.participant._set(state);
    }
    return known.participant;
  }

  remove(state: WireParticipant): Participant {
    const known = this.#all.get(state.sid)?.participant;
    this.#all.delete(state.sid);
    this.#left.add(state.sid);
    known?._endTyping();
    return known ?? new Participant(this.#context, this.#conversation, state);
  }

  /** Forgets who is in: it has to be read again. The objects stay those that they are. */
  stale(): void {
    this.#whole = undefined;
  }

  /** The conversation was left: whoever was in it may not be when one comes back. */
  clear(): void {
    this.#whole = undefined;
    this.#all.clear();
  }

  moved(horizons: Horizon[]): void {
    for (const { participant_sid, index, timestamp } of horizons) {
      this.#act(participant_sid, (one) =>
        one._set({ last_read_message_index: index ?? null, last_read_timestamp: timestamp ?? null }),
      );
    }
  }

  typing(sid: string, typing: boolean): void {
    if (typing) this.#act(sid, (one) => one._startTyping());
    else this.#all.get(sid)?.participant._endTyping();
  }

  /** Does something with a participant, who is fetched where that is needed. */
  #act(sid: string, what: (participant: Participant) => void): void {
    const known = this.#all.get(sid)?.participant;
    if (known) what(known);
    else if (this.#context.live) this.find({ sid }).then(what, () => {}); // signals may get lost
  }
}
