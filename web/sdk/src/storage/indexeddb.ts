import type { Storage } from "./storage.js";

const table = "kept";

/** Keeps things in the browser's IndexedDB. */
export class IndexedDBStorage implements Storage {
  readonly #name: string;
  #opened: Promise<IDBDatabase> | undefined;

  constructor(name = "parley-conversations") {
    this.#name = name;
  }

  async read(prefix: string): Promise<[string, unknown][]> {
    const store = (await this.#open()).transaction(table, "readonly").objectStore(table);
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const [keys, values] = await Promise.all([done(store.getAllKeys(range)), done(store.getAll(range))]);
    return keys.map((key, i) => [String(key), values[i]]);
  }

  async write(changes: ReadonlyMap<string, unknown>): Promise<void> {
    const transaction = (await this.#open()).transaction(table, "readwrite");
    const store = transaction.objectStore(table);
    for (const [key, value] of changes) {
      if (value === undefined) store.delete(key);
      else store.put(value, key);
    }
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("The transaction was aborted"));
    });
  }

  #open(): Promise<IDBDatabase> {
    this.#opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(table);
      request.onsuccess = () => {
        // A newer version in another tab, or the user's wish, ends it: the next use opens it again.
        request.result.onversionchange = () => {
          request.result.close();
          this.#opened = undefined;
        };
        resolve(request.result);
      };
      request.onerror = () => {
        this.#opened = undefined;
        reject(request.error ?? new Error("IndexedDB cannot be opened"));
      };
    });
    return this.#opened;
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
  });
}
