import { expect, test } from "vitest";
import { path } from "../src/operator/chart";
import type { State } from "../src/operator/hub";
import { between, quantile } from "../src/operator/rates";

const bounds = [0.001, 0.01, 0.1];

test("a quantile lies in its bucket", () => {
  expect(quantile(0.5, bounds, [0, 10, 0, 0])).toBeCloseTo(5.5);
  expect(quantile(0.99, bounds, [99, 0, 1, 0])).toBeCloseTo(1);
  expect(quantile(0.99, bounds, [0, 0, 0, 3])).toBe(100);
  expect(quantile(0.5, bounds, [0, 0, 0, 0])).toBeNull();
});

function state(seconds: number, deliveries: number, counts: number[], started = "then"): State {
  return {
    at: new Date(seconds * 1000).toISOString(),
    hub: { started, connections: 2, lag: 1, deliveries, commands: 0 },
    sockets: { bytes: 0 },
    commits: { bounds, counts },
  } as unknown as State;
}

test("rates are what happened between two looks", () => {
  const sample = between(state(10, 100, [5, 0, 0, 0]), state(12, 300, [5, 4, 0, 0]));
  expect(sample).toMatchObject({ deliveries: 100, commands: 0, connections: 2, lag: 1 });
  expect(sample!.p50).toBeGreaterThan(1);
});

test("a hub that was started again has no rates yet, nor has one that is looked at twice at once", () => {
  expect(between(state(10, 100, [0, 0, 0, 0]), state(12, 0, [0, 0, 0, 0], "now"))).toBeNull();
  expect(between(state(10, 100, [0, 0, 0, 0]), state(10, 100, [0, 0, 0, 0]))).toBeNull();
});

test("a line is broken where nothing is known", () => {
  expect(path([1, 2, null, 2], 2, 4)).toBe("M0.0 36.0L100.0 2.0M300.0 2.0");
  expect(path([0], 0, 4)).toBe("M300.0 70.0");
});
