import { CancellablePromise } from "../cancellable.js";
import type { Context } from "../session/context.js";
import type { WireMedia } from "../wire/objects.js";

export type MediaCategory = "media" | "body" | "history";

/** A file that a message carries. */
export class Media {
  readonly #context: Context;
  readonly #state: WireMedia;

  /** @internal */
  constructor(context: Context, state: WireMedia) {
    this.#context = context;
    this.#state = state;
  }

  get sid(): string {
    return this.#state.sid;
  }

  get filename(): string | null {
    return this.#state.filename ?? null;
  }

  get contentType(): string {
    return this.#state.content_type;
  }

  /** Bytes. */
  get size(): number {
    return Number(this.#state.size);
  }

  get category(): MediaCategory {
    return this.#state.category ?? "media";
  }

  /** Where the content is to be had for some minutes; null where it is gone. */
  getContentTemporaryUrl(): CancellablePromise<string | null> {
    return CancellablePromise.of(async () => {
      const urls = await this.#context.media.urls([this.sid]);
      return urls.get(this.sid) ?? null;
    });
  }
}

/** So long before it ends an address is not handed out any more, in milliseconds. */
const margin = 30_000;
/** So many are asked for at once. */
const mostAsked = 100;

/** The temporary addresses of media: kept while they are good, and asked for together. */
export class MediaShelf {
  readonly #context: Context;
  readonly #known = new Map<string, { url: string; until: number }>();
  #waiting = new Set<string>();
  #asked: Promise<void> | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** The address of each medium that exists and that this user may see. */
  async urls(sids: string[]): Promise<Map<string, string>> {
    const missing = sids.filter((sid) => !this.#good(sid));
    if (missing.length > 0) {
      for (const sid of missing) this.#waiting.add(sid);
      this.#asked ??= Promise.resolve().then(() => this.#ask());
      await this.#asked;
    }
    const found = new Map<string, string>();
    for (const sid of sids) {
      const known = this.#good(sid);
      if (known) found.set(sid, known.url);
    }
    return found;
  }

  #good(sid: string): { url: string } | undefined {
    const known = this.#known.get(sid);
    if (known && known.until > Date.now()) return known;
    this.#known.delete(sid);
    return undefined;
  }

  async #ask(): Promise<void> {
    const all = [...this.#waiting];
    this.#waiting = new Set();
    this.#asked = undefined;
    for (let i = 0; i < all.length; i += mostAsked) {
      const answer = await this.#context.request("media.urls", { media: all.slice(i, i + mostAsked) });
      const until = Date.parse(answer.expires_at) - margin;
      for (const [sid, url] of Object.entries(answer.urls)) this.#known.set(sid, { url, until });
    }
  }
}
