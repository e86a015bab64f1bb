/** What to do after the server closed a connection. */
export type Advice =
  /** Connect again after the usual back-off. */
  | "reconnect"
  /** Connect again, but not before a minute has passed. */
  | "slow"
  /** Get another token first. */
  | "token"
  /** Coming back is no use: the user may not. */
  | "barred"
  /** Coming back is no use: one of both sides is at fault. */
  | "stop";

const advices: Record<number, Advice> = {
  1002: "stop", // framing
  1003: "stop", // a binary frame
  1007: "stop", // not UTF-8
  1008: "stop", // 10 malformed frames in a minute
  1009: "stop", // a frame over the limit
  4401: "token",
  4403: "barred",
  4409: "stop", // a second connect
  4429: "slow",
};

/** The advice for a close code; one that is not known is a reason to reconnect. */
export function adviceFor(code: number): Advice {
  return advices[code] ?? "reconnect";
}

/** The seconds to wait that a close names: 1012 (draining) and 1013 (full) have them as their reason. */
export function secondsOf(code: number, reason: string): number {
  if (code !== 1012 && code !== 1013) return 0;
  const seconds = Number(reason);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) : 0;
}
