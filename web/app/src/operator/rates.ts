import type { State } from "./hub";

/** What happened between two looks at a hub. */
export interface Sample {
  at: number;
  connections: number;
  deliveries: number; // a second
  commands: number; // a second
  bytes: number; // a second
  lag: number; // events by which the farthest is behind
  p50: number | null; // of commits, in milliseconds; null where there were none
  p99: number | null;
}

/** The most samples that are kept: two minutes, at one a second. */
export const mostSamples = 120;

/** Compares two looks; null where the hub was started again between them, or no time has passed. */
export function between(before: State, now: State): Sample | null {
  const seconds = (Date.parse(now.at) - Date.parse(before.at)) / 1000;
  if (seconds <= 0 || before.hub.started !== now.hub.started) return null;
  const rate = (from: number, to: number): number => Math.max(0, to - from) / seconds;
  const counts = now.commits.counts.map((count, i) => count - (before.commits.counts[i] ?? 0));
  return {
    at: Date.parse(now.at),
    connections: now.hub.connections,
    deliveries: rate(before.hub.deliveries, now.hub.deliveries),
    commands: rate(before.hub.commands, now.hub.commands),
    lag: now.hub.lag,
    bytes: rate(before.sockets.bytes, now.sockets.bytes),
    p50: quantile(0.5, now.commits.bounds, counts),
    p99: quantile(0.99, now.commits.bounds, counts),
  };
}

/** A quantile in milliseconds of what fell into buckets, as if it lay evenly in each; null where nothing did. */
export function quantile(q: number, bounds: number[], counts: number[]): number | null {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  let below = 0;
  for (const [i, n] of counts.entries()) {
    if (n > 0 && below + n >= q * total) {
      const from = i === 0 ? 0 : bounds[i - 1]!;
      const to = bounds[i] ?? from; // above all bounds nothing is known but that
      return 1000 * (from + ((to - from) * (q * total - below)) / n);
    }
    below += n;
  }
  return null;
}
