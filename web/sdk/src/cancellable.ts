type Executor<T> = (
  resolve: (value: T | PromiseLike<T>) => void,
  reject: (reason?: unknown) => void,
  onCancel: (stop: () => void) => void,
) => void;

/**
 * A promise that can be given up: `cancel()` rejects it and stops what was under way, as far as that can be stopped.
 * Promises derived by `then`, `catch` and `finally` cancel the one that they come from.
 */
export class CancellablePromise<T> extends Promise<T> {
  #reject: ((reason: Error) => void) | undefined;
  #stop: (() => void) | undefined;

  constructor(executor: Executor<T>) {
    let rejectPromise: ((reason: Error) => void) | undefined;
    let stop: (() => void) | undefined;
    let settled = false;
    super((resolve, reject) => {
      rejectPromise = (reason) => {
        if (settled) return;
        settled = true;
        stop?.();
        reject(reason);
      };
      const settle =
        <A>(how: (value: A) => void) =>
        (value: A): void => {
          settled = true;
          how(value);
        };
      executor(settle(resolve), settle(reject), (callback) => {
        stop = callback;
      });
    });
    this.#reject = rejectPromise;
  }

  /** Rejects the promise, unless it is settled already. */
  cancel(): this {
    if (this.#stop) this.#stop();
    else this.#reject?.(new Error("The promise was cancelled."));
    return this;
  }

  override then<A = T, B = never>(
    done?: ((value: T) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): CancellablePromise<A | B> {
    const derived = super.then(done, failed) as CancellablePromise<A | B>;
    derived.#stop = () => {
      void this.cancel();
    };
    return derived;
  }

  override catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): CancellablePromise<T | B> {
    return super.catch(failed) as CancellablePromise<T | B>;
  }

  override finally(last?: (() => void) | null): CancellablePromise<T> {
    return super.finally(last) as CancellablePromise<T>;
  }

  /** Makes one of a promise and of what stops it. */
  static of<T>(work: (signal: AbortSignal) => Promise<T>): CancellablePromise<T> {
    const controller = new AbortController();
    return new CancellablePromise<T>((resolve, reject, onCancel) => {
      onCancel(() => controller.abort());
      work(controller.signal).then(resolve, reject);
    });
  }
}
