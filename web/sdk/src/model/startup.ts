import { type ConnectionInfo, type ConnectionState, infoOf, type Phase, stateOf } from "../connection/phase.js";
import { ParleyError } from "../errors.js";
import { Deferred } from "../session/deferred.js";
import type { SessionOwner } from "../session/session.js";
import type { ConnectionError } from "./client-events.js";

/** Whether a client has come up, and how its connection is: what it tells of both. */
export class Startup implements SessionOwner {
  state: ConnectionState = "unknown";
  connection: ConnectionInfo = { phase: "idle", retryAt: null, error: null };
  #ready = new Deferred<void>();

  constructor(readonly emit: SessionOwner["emit"]) {}

  /** Resolves when the user is known; rejects where that will not be. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  initialized(): void {
    this.#ready.resolve();
    this.emit("stateChanged", "initialized");
    this.emit("initialized");
  }

  entered(phase: Phase): void {
    this.connection = infoOf(phase);
    this.emit("connectionChanged", this.connection);
    const state = stateOf(phase);
    if (state !== this.state) {
      this.state = state;
      this.emit("connectionStateChanged", state);
    }
    const error = "error" in phase ? phase.error : undefined;
    if (error) this.#failed(error, phase.name !== "waiting");
    else if (phase.name === "closed") this.#ready.reject(new ParleyError("The client was shut down"));
  }

  #failed(error: ParleyError, terminal: boolean): void {
    const told: ConnectionError = { terminal, message: error.message };
    if (error.status > 0) told.httpStatusCode = error.status;
    if (error.code !== undefined) told.errorCode = error.code;
    this.emit("connectionError", told);
    if (!terminal || this.#ready.settled) return;
    this.#ready.reject(error);
    this.#ready = new Deferred(); // another token may bring it up all the same
    this.emit("stateChanged", "failed");
    this.emit("initFailed", { error: told });
  }
}
