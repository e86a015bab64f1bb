import type { Storage } from "./storage.js";

const table = "kept";
/** Of what is in the table: another form of that is another version. */
const version = 2;

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
    this.#opened ??= this.#connect().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #connect(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.#name, version);
    request.onupgradeneeded = () => {
      // What an older version kept is of another form: it is read from the server again.
      for (const name of request.result.objectStoreNames) request.result.deleteObjectStore(name);
      request.result.createObjectStore(table);
    };
    const database = await done(request);
    // A newer version in another tab, or the user's wish, ends it: the next use opens it again.
    const over = (): void => {
      database.close();
      this.#opened = undefined;
    };
    database.onversionchange = over;
    database.onclose = over;
    return database;
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
  });
}
