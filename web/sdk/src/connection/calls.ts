import { ParleyError, shutDown, unanswered, unreachable } from "../errors.js";
import { type Answer, encode } from "../wire/frame.js";
import { type Method, onlyReads, type Params, type Result } from "../wire/methods.js";

/** So many requests may be unanswered; of 64 the server would read no further. */
const mostInFlight = 60;
/** What is written at once, in bytes: the size of the frames that the server makes itself. */
const frameGoal = 64 << 10;
/** How long the answers may take on a connection that is left for another, in milliseconds. */
const corkWait = 5_000;

interface Call {
  id: number;
  method: Method;
  params: unknown;
  repeats: boolean;
  resolve: (result: never) => void;
  reject: (error: Error) => void;
  patience: ReturnType<typeof setTimeout> | undefined;
}

/**
 * The requests of one client, over any number of connections. They are written in the order in which they were made,
 * several to a frame; those that may be made again are carried over to the next connection, the others fail when
 * theirs ends.
 */
export class Calls {
  #id = 0;
  #queue: Call[] = [];
  #inFlight = new Map<number, Call>();
  #write: ((frame: string) => void) | undefined;
  #frameBytes = frameGoal;
  #scheduled = false;
  #over = false;
  #idle: (() => void) | undefined;

  /** @param patience How long a call waits to be written, in milliseconds. */
  constructor(readonly patience: number) {}

  /** Makes a request. `repeats` says that it may be made again though it may have been done; reads always may. */
  make<M extends Method>(method: M, params: Params<M>, repeats = onlyReads(method)): Promise<Result<M>> {
    if (this.#over) return Promise.reject(shutDown());
    return new Promise((resolve, reject) => {
      const call: Call = { id: ++this.#id, method, params, repeats, resolve, reject, patience: undefined };
      this.#queue.push(call);
      this.#arm(call);
      this.#schedule();
    });
  }

  /** The id for a request that is made past the queue. */
  newId(): number {
    return ++this.#id;
  }

  /** Sends what has no answer and may get lost: only while there is a connection. */
  notify(method: string, params: unknown): boolean {
    this.#write?.(encode({ method, params }));
    return this.#write !== undefined;
  }

  /** A connection is there. */
  open(write: (frame: string) => void, frameBytes: number): void {
    this.#write = write;
    this.#frameBytes = frameBytes;
    for (const call of this.#queue) this.#disarm(call);
    this.#flush();
  }

  /** Writes nothing more, and says when all that was written is answered, or that takes too long. */
  cork(): Promise<void> {
    this.#write = undefined;
    return new Promise((resolve) => {
      if (this.#inFlight.size === 0) return resolve();
      this.#idle = resolve;
      setTimeout(resolve, corkWait);
    });
  }

  /** The connection is gone. */
  close(): void {
    this.#write = undefined;
    this.#idle = undefined;
    const again: Call[] = [];
    for (const call of this.#inFlight.values()) {
      if (call.repeats) again.push(call);
      else call.reject(unanswered());
    }
    this.#inFlight.clear();
    this.#queue = [...again, ...this.#queue];
    for (const call of this.#queue) this.#arm(call);
  }

  /** Nothing will be answered any more. */
  end(error: Error = shutDown()): void {
    this.#over = true;
    this.close();
    for (const call of this.#queue.splice(0)) this.#fail(call, error);
  }

  answer(answer: Answer): void {
    const call = this.#inFlight.get(answer.id);
    if (!call) return;
    this.#inFlight.delete(answer.id);
    if (answer.error) call.reject(answer.error);
    else call.resolve(answer.result as never);
    if (this.#inFlight.size === 0) this.#idle?.();
    if (this.#queue.length > 0) this.#schedule();
  }

  #arm(call: Call): void {
    if (this.#write || call.patience) return;
    call.patience = setTimeout(() => {
      this.#queue = this.#queue.filter((other) => other !== call);
      this.#fail(call, unreachable());
    }, this.patience);
  }

  #disarm(call: Call): void {
    clearTimeout(call.patience);
    call.patience = undefined;
  }

  #fail(call: Call, error: Error): void {
    this.#disarm(call);
    call.reject(error);
  }

  /** Calls made in one go share a frame. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    let frame: string[] = [];
    let bytes = 0;
    const send = (): void => {
      if (frame.length > 0) this.#write?.(frame.length === 1 ? frame[0]! : `[${frame.join(",")}]`);
      frame = [];
      bytes = 0;
    };
    while (this.#write && this.#queue.length > 0 && this.#inFlight.size < mostInFlight) {
      const call = this.#queue.shift()!;
      const text = encode({ id: call.id, method: call.method, params: call.params });
      const size = bytesOf(text);
      if (size > this.#frameBytes) {
        this.#fail(
          call,
          new ParleyError("This is too large for the server", { data: { status: 413, definite: true } }),
        );
        continue;
      }
      if (bytes + size + 2 > Math.min(frameGoal, this.#frameBytes)) send();
      this.#inFlight.set(call.id, call);
      frame.push(text);
      bytes += size + 1;
    }
    send();
  }
}

/** The length of a text in UTF-8. */
export function bytesOf(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a pair stands for two of its four bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
