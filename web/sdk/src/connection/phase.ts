import type { ParleyError } from "../errors.js";
import type { Connected } from "../wire/objects.js";
import type { Socket } from "./socket.js";

/**
 * What the connection is doing. There is one of these at a time, and `next` says which may follow which: that is the
 * whole state machine.
 */
export type Phase =
  /** Nothing was begun yet. */
  | { name: "idle" }
  /** The application is asked for a token. */
  | { name: "asking" }
  /** A websocket is being opened. */
  | { name: "opening"; socket: Socket | undefined }
  /** The websocket is open and `connect` is on its way. */
  | { name: "greeting"; socket: Socket }
  /** The server knows who is there. */
  | { name: "live"; socket: Socket; session: Connected }
  /** For the next attempt, at `until`; not before `notBefore` where the server said so. */
  | { name: "waiting"; until: number; notBefore: number; error: ParleyError }
  /** The token was refused: another one is needed. */
  | { name: "refused"; error: ParleyError }
  /** Over for good: shut down (no error), or coming back is no use. */
  | { name: "closed"; error: ParleyError | undefined; barred: boolean };

export type PhaseName = Phase["name"];

/** Which phase may follow which. */
export const next: Record<PhaseName, readonly PhaseName[]> = {
  idle: ["asking", "opening", "closed"],
  asking: ["opening", "waiting", "refused", "closed"],
  opening: ["greeting", "waiting", "closed"],
  greeting: ["live", "asking", "waiting", "refused", "closed"],
  live: ["asking", "opening", "waiting", "refused", "closed"],
  waiting: ["asking", "opening", "closed"],
  refused: ["opening", "closed"],
  closed: [],
};

/** Throws where one phase may not follow the other. */
export function checkStep(from: PhaseName, to: PhaseName): void {
  if (!next[from].includes(to)) throw new Error(`A connection that is ${from} cannot become ${to}`);
}

/** The states that Twilio's client shows. */
export type ConnectionState =
  "unknown" | "connecting" | "connected" | "disconnecting" | "disconnected" | "retrying" | "denied" | "error";

/** A phase as Twilio's client would call it. Waiting for another attempt is connecting there, too. */
export function stateOf(phase: Phase): ConnectionState {
  switch (phase.name) {
    case "idle":
      return "unknown";
    case "asking":
    case "opening":
    case "greeting":
    case "waiting":
      return "connecting";
    case "live":
      return "connected";
    case "refused":
      return "denied";
    case "closed":
      if (phase.barred) return "denied";
      return phase.error ? "error" : "disconnected";
  }
}

/** What an application may show of the connection. */
export interface ConnectionInfo {
  /** The name of the phase. */
  readonly phase: PhaseName;
  /** When the next attempt is made, while waiting for it. */
  readonly retryAt: Date | null;
  /** Why it is not connected, where there is a reason. */
  readonly error: ParleyError | null;
}

export function infoOf(phase: Phase): ConnectionInfo {
  return {
    phase: phase.name,
    retryAt: phase.name === "waiting" ? new Date(phase.until) : null,
    error: "error" in phase ? (phase.error ?? null) : null,
  };
}
