/** How long anything at all may take to come after a ping, in milliseconds. */
const pingWait = 10_000;

/**
 * Notices a connection that is dead without having ended. Scripts do not see the pings of the server: when nothing came
 * for a heartbeat it calls `ping`, and `dead` when that brings nothing.
 */
export class Watchdog {
  #heard = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pinged = false;

  constructor(
    readonly heartbeat: number,
    readonly ping: () => void,
    readonly dead: () => void,
  ) {
    this.#watch(heartbeat);
  }

  /** Something came. */
  hear(): void {
    this.#heard = Date.now();
    if (!this.#pinged) return;
    this.#pinged = false;
    this.#watch(this.heartbeat);
  }

  /** Has the connection prove itself now, as when a page comes to the front or the network is another. */
  doubt(): void {
    if (this.#timer === undefined || this.#pinged) return;
    this.#pinged = true;
    this.ping();
    this.#watch(pingWait);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #watch(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), wait);
  }

  #look(): void {
    if (this.#pinged) {
      this.stop();
      this.dead();
      return;
    }
    const left = this.#heard + this.heartbeat - Date.now();
    // A clock that was set back must not make it wait for longer than a heartbeat.
    if (left > 0) this.#watch(Math.min(left, this.heartbeat));
    else this.doubt();
  }
}
