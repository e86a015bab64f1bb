import { codes, ParleyError, shutDown } from "../errors.js";
import { type Advice, secondsOf } from "../wire/codes.js";
import { type Answer, decode, encode, type Notice } from "../wire/frame.js";
import type { Method, Params, Result } from "../wire/methods.js";
import type { Connected } from "../wire/objects.js";
import { waitAfter } from "./backoff.js";
import { Calls } from "./calls.js";
import type { ConnectionConfig, ConnectionOwner } from "./config.js";
import { endOf } from "./ending.js";
import { checkStep, type Phase } from "./phase.js";
import { gone, openSocket, type Socket } from "./socket.js";
import { Tokens } from "./tokens.js";
import { onWakeup } from "./wakeups.js";
import { Watchdog } from "./watchdog.js";

/**
 * Keeps one user connected: it opens, greets, watches, and opens again. Its state is its phase, and `enter` is the one
 * place where that changes.
 */
export class Connection {
  readonly calls: Calls;
  readonly tokens: Tokens;
  #phase: Phase = { name: "idle" };
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: Watchdog | undefined;
  #sleepless: (() => void) | undefined;
  #refusal: ParleyError | undefined;

  constructor(
    readonly config: ConnectionConfig,
    readonly owner: ConnectionOwner,
  ) {
    this.calls = new Calls(config.patience);
    this.tokens = new Tokens(config.token, config.tokenProvider);
  }

  get phase(): Phase {
    return this.#phase;
  }

  start(): void {
    const doubt = (): void => this.#watchdog?.doubt();
    this.#sleepless = onWakeup(() => this.wake(), doubt);
    this.#again();
  }

  /** Says goodbye; nothing follows. */
  stop(): void {
    this.#end(undefined, false);
  }

  request<M extends Method>(method: M, params: Params<M>, repeats?: boolean): Promise<Result<M>> {
    return this.calls.make(method, params, repeats);
  }

  /** It is a good moment: the network came back, or somebody is looking. */
  wake(): void {
    if (this.#phase.name === "waiting" && Date.now() >= this.#phase.notBefore) this.#again();
    else if (this.#phase.name === "live") this.#watchdog?.doubt();
  }

  /** Takes a token from now on: in-band where there is a connection, else with the next attempt, made at once. */
  async updateToken(token: string): Promise<void> {
    if (token === this.tokens.current && this.#phase.name !== "refused") return;
    const live = this.#phase.name === "live";
    if (live) {
      await this.request("token.update", { token }, true);
      this.tokens.accepted();
    }
    this.tokens.current = token;
    if (this.#phase.name === "refused") this.#open();
    else if (!live) this.wake();
  }

  /** Goes into another phase, with the timer that it needs, if any. */
  #enter(phase: Phase, timer?: ReturnType<typeof setTimeout>): void {
    checkStep(this.#phase.name, phase.name);
    if (timer !== this.#timer) clearTimeout(this.#timer);
    this.#timer = timer;
    this.#phase = phase;
    this.owner.entered(phase);
  }

  #open(): void {
    this.#refusal = undefined;
    const late = (): void => this.#drop(new ParleyError("Connecting took too long"));
    this.#enter({ name: "opening", socket: undefined }, setTimeout(late, this.config.openWait));
    let socket: Socket | undefined;
    try {
      socket = openSocket(this.config.WebSocket, this.config.url, {
        opened: () => this.#isOf(socket) && this.#greet(socket!),
        received: (frame) => this.#isOf(socket) && this.#receive(frame),
        closed: (code, reason) => this.#isOf(socket) && this.#closed(code, reason),
      });
    } catch (error) {
      this.#end(new ParleyError(error instanceof Error ? error.message : String(error), { cause: error }), false);
      return;
    }
    if (this.#phase.name === "opening") this.#phase = { name: "opening", socket };
  }

  /** Whether what a socket does still matters: those that were left behind do not. */
  #isOf(socket: Socket | undefined): boolean {
    return "socket" in this.#phase && socket !== undefined && this.#phase.socket === socket;
  }

  #greet(socket: Socket): void {
    this.#enter({ name: "greeting", socket }, this.#timer); // one time limit is for both
    const params = { token: this.tokens.current, ...this.owner.hello() };
    socket.send(encode({ id: this.calls.newId(), method: "connect", params }));
  }

  #receive(frame: string): void {
    this.#watchdog?.hear();
    const messages = decode(frame);
    if (messages instanceof ParleyError) return this.#drop(messages);
    for (const message of messages) {
      if (message.kind === "notice") this.#notice(message);
      else if (this.#phase.name === "greeting") this.#answered(message, this.#phase.socket);
      else this.calls.answer(message);
    }
  }

  #answered(answer: Answer, socket: Socket): void {
    if (answer.error) {
      // The close that follows says what to do about it; a server that cannot tell keeps the connection open.
      this.#refusal = answer.error;
      if (answer.error.status !== 401 && answer.error.status !== 404) this.#drop(answer.error);
      return;
    }
    const session = answer.result as Connected;
    this.#failures = 0;
    this.tokens.accepted();
    this.#enter({ name: "live", socket, session });
    const heartbeat = (session.heartbeat || 25) * 1000;
    const ping = (): void => void this.request("ping", undefined, false).catch(() => {});
    this.#watchdog = new Watchdog(heartbeat, ping, () => this.#drop(new ParleyError("The server fell silent")));
    this.owner.greeted(session);
    if (this.#isOf(socket)) this.calls.open((text) => socket.send(text), session.limits.frame_bytes);
  }

  #notice(notice: Notice): void {
    switch (notice.method) {
      case "tokenAboutToExpire":
        void this.#renew();
        break;
      case "serverDraining":
        void this.#move(Number(notice.params.reconnect_within) || 0);
        break;
      default:
        this.owner.heard(notice);
    }
  }

  async #renew(): Promise<void> {
    this.owner.expiring();
    if (!this.tokens.provided) return;
    try {
      await this.updateToken(await this.tokens.ask());
    } catch {
      // The session lasts until its token ends; then another is asked for.
    }
  }

  /** Goes to another hub at a moment of chance, so that not all come there at once. */
  async #move(within: number): Promise<void> {
    const phase = this.#phase;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * within * 1000));
    if (this.#phase !== phase) return;
    await this.calls.cork();
    if (this.#phase !== phase) return;
    this.#leave();
    this.#open();
  }

  #closed(code: number, reason: string): void {
    this.#leave();
    const { error, advice, expired } = endOf(code, reason, this.#refusal, this.#phase.name === "live");
    if (advice === "token") this.#replaceToken(error, expired);
    else if (advice === "barred" || advice === "stop") this.#end(error, advice === "barred");
    else this.#wait(error, advice, secondsOf(code, reason));
  }

  #replaceToken(error: ParleyError, expired: boolean): void {
    if (expired) this.owner.expired();
    if (this.#phase.name === "closed") return; // the application shut it down then
    const fresh = this.tokens.isFresh;
    this.tokens.refused();
    if (!this.tokens.provided) this.#enter({ name: "refused", error });
    else if (fresh) this.#wait(error, "reconnect", 0);
    else this.#ask();
  }

  #ask(): void {
    this.#enter({ name: "asking" });
    const asking = this.#phase;
    this.tokens.ask().then(
      (token) => {
        this.tokens.current = token;
        if (this.#phase === asking) this.#open();
      },
      (cause: unknown) => {
        if (this.#phase === asking) this.#wait(new ParleyError("There is no token", { cause }), "reconnect", 0);
      },
    );
  }

  /** Ends the connection, or the attempt, from this side. */
  #drop(error: ParleyError): void {
    this.#leave();
    this.#wait(error, error.code === codes.tooManyRequests ? "slow" : "reconnect", error.retryAfter ?? 0);
  }

  /** Lets go of the socket; what was unanswered is carried over or fails. */
  #leave(): void {
    this.#watchdog?.stop();
    this.#watchdog = undefined;
    const phase = this.#phase;
    if ("socket" in phase && phase.socket) {
      const socket = phase.socket;
      this.#phase = { ...phase, socket: gone };
      socket.close(1000);
    }
    this.calls.close();
  }

  #wait(error: ParleyError, advice: Advice, seconds: number): void {
    const wait = waitAfter(this.config.backoff, this.#failures, advice, seconds);
    this.#failures++;
    const until = Date.now() + wait;
    const notBefore = seconds > 0 || advice === "slow" ? until : 0;
    this.#enter(
      { name: "waiting", until, notBefore, error },
      setTimeout(() => this.#again(), wait),
    );
  }

  #again(): void {
    if (this.tokens.current) this.#open();
    else this.#ask();
  }

  #end(error: ParleyError | undefined, barred: boolean): void {
    if (this.#phase.name === "closed") return;
    this.#leave();
    this.#sleepless?.();
    this.calls.end(error ?? shutDown());
    this.#enter({ name: "closed", error, barred });
  }
}
