/** The access token in use, and where another is to be had. */
export class Tokens {
  /** The token for the next `connect`; empty where it was refused and another can be asked for. */
  current: string;
  #accepted = false;
  #asked: Promise<string> | undefined;
  readonly #provider: (() => Promise<string> | string) | undefined;

  constructor(token: string, provider: (() => Promise<string> | string) | undefined) {
    this.current = token;
    this.#provider = provider;
  }

  /** Whether the application gives tokens when asked. */
  get provided(): boolean {
    return this.#provider !== undefined;
  }

  /** Whether the token in use has come from the provider and was never accepted: asking at once would be in vain. */
  get isFresh(): boolean {
    return this.#asked !== undefined && !this.#accepted;
  }

  accepted(): void {
    this.#accepted = true;
  }

  refused(): void {
    if (this.provided) this.current = "";
  }

  /** Asks the application for another token. */
  ask(): Promise<string> {
    this.#asked = (async () => {
      const token = await this.#provider?.();
      if (typeof token !== "string" || token === "") throw new Error("The tokenProvider gave no token");
      this.#accepted = false;
      return token;
    })();
    return this.#asked;
  }
}
