/**
 * Where a client keeps what it knows between starts. Values are whatever structured cloning takes. One that fails is
 * done without: nothing depends on what it kept.
 */
export interface Storage {
  /** Everything whose key begins so. */
  read(prefix: string): Promise<[key: string, value: unknown][]>;
  /** Writes all of it or nothing; undefined removes. */
  write(changes: ReadonlyMap<string, unknown>): Promise<void>;
}

/** Keeps nothing longer than the process lives. Several clients may share one. */
export class MemoryStorage implements Storage {
  readonly #all = new Map<string, unknown>();

  async read(prefix: string): Promise<[string, unknown][]> {
    return [...this.#all].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key, copy(value)]);
  }

  async write(changes: ReadonlyMap<string, unknown>): Promise<void> {
    for (const [key, value] of changes) {
      if (value === undefined) this.#all.delete(key);
      else this.#all.set(key, copy(value));
    }
  }
}

/** A copy that changes of the original do not reach. React Native has no structured cloning: files are shared there. */
function copy<T>(value: T): T {
  if (typeof structuredClone === "function") return structuredClone(value);
  if (Array.isArray(value)) return value.map(copy) as T;
  if (typeof value !== "object" || value === null || value instanceof Blob) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copy(one)])) as T;
}
