import type { Advice } from "../wire/codes.js";

/** How long to wait before connecting again: `first`, doubling up to `most`, varied by a share `jitter` either way. */
export interface Backoff {
  /** Milliseconds; 1,000. */
  first: number;
  /** Milliseconds; 120,000. */
  most: number;
  /** 0.2. */
  jitter: number;
}

export const defaultBackoff: Backoff = { first: 1_000, most: 120_000, jitter: 0.2 };

/** How many failures a close that asks to slow down counts for: about a minute passes before the next attempt. */
const slower = 6;

/** The wait after so many failures in a row, counted from 0. */
export function delay(backoff: Backoff, failures: number, random: () => number = Math.random): number {
  const plain = Math.min(backoff.first * 2 ** Math.min(failures, 30), backoff.most);
  return plain * (1 + backoff.jitter * (2 * random() - 1));
}

/** The wait that the server asked for, in seconds; jitter only makes it longer. */
export function atLeast(backoff: Backoff, seconds: number, random: () => number = Math.random): number {
  return seconds * 1000 * (1 + backoff.jitter * random());
}

/** The wait before the attempt that follows an end of the connection. */
export function waitAfter(backoff: Backoff, failures: number, advice: Advice, seconds: number): number {
  if (seconds > 0) return atLeast(backoff, seconds);
  return delay(backoff, advice === "slow" ? Math.max(failures, slower) : failures);
}
