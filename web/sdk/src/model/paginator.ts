import { ParleyError } from "../errors.js";

/** A page of something longer. */
export interface Paginator<T> {
  hasNextPage: boolean;
  hasPrevPage: boolean;
  items: T[];
  /** The next page; rejects where there is none. */
  nextPage(): Promise<Paginator<T>>;
  /** The page before; rejects where there is none. */
  prevPage(): Promise<Paginator<T>>;
}

/** Reads the page that a token stands for. */
export type PageSource<T, Token> = (token: Token) => Promise<RestPaginator<T>>;

/** A page, and the tokens of its neighbours. What changes afterwards does not change the page. */
export class RestPaginator<T> implements Paginator<T> {
  readonly #items: T[];
  readonly #next: (() => Promise<RestPaginator<T>>) | undefined;
  readonly #prev: (() => Promise<RestPaginator<T>>) | undefined;

  /** @internal */
  constructor(items: T[], source: PageSource<T, never>, prevToken: unknown, nextToken: unknown) {
    const reader = (token: unknown) =>
      token === undefined || token === null ? undefined : () => source(token as never);
    this.#items = items;
    this.#next = reader(nextToken);
    this.#prev = reader(prevToken);
  }

  get hasNextPage(): boolean {
    return this.#next !== undefined;
  }

  get hasPrevPage(): boolean {
    return this.#prev !== undefined;
  }

  get items(): T[] {
    return this.#items;
  }

  async nextPage(): Promise<RestPaginator<T>> {
    if (!this.#next) throw new Error("No next page");
    return this.#next();
  }

  async prevPage(): Promise<RestPaginator<T>> {
    if (!this.#prev) throw new Error("No previous page");
    return this.#prev();
  }
}

/** The first page of what is known whole. */
export function pagesOf<T>(all: readonly T[], size: number): RestPaginator<T> {
  const page = (from: number): RestPaginator<T> => {
    const to = from + size;
    const source = (at: number) => Promise.resolve(page(at));
    return new RestPaginator(
      all.slice(from, to),
      source,
      from > 0 ? Math.max(0, from - size) : null,
      to < all.length ? to : null,
    );
  };
  return page(0);
}

/** Reads the page of a token, null for the first, and gives it with the token of the next. */
type Reader<T> = (token: string | null) => Promise<{ items: T[]; next: string | null }>;

/** Pages of which the server names what comes next alone: the way back is kept here. */
export async function pagesForward<T>(
  read: Reader<T>,
  before: (string | null)[] = [],
  token: string | null = null,
): Promise<RestPaginator<T>> {
  const { items, next } = await read(token);
  const source = (path: (string | null)[]) => pagesForward(read, path.slice(0, -1), path.at(-1));
  return new RestPaginator(
    items,
    source,
    before.length > 0 ? before : null,
    next === null ? null : [...before, token, next],
  );
}

/** Refuses sizes that the server would. */
export function checkPageSize(size: number, most = 100): void {
  if (Number.isInteger(size) && size >= 1 && size <= most) return;
  throw new ParleyError(`A page has 1 to ${most} items, not ${size}`, {
    code: 20007,
    data: { status: 400, definite: true },
  });
}
