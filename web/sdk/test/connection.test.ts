import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { defaultBackoff } from "../src/connection/backoff.js";
import type { ConnectionConfig } from "../src/connection/config.js";
import { Connection } from "../src/connection/connection.js";
import { stateOf } from "../src/connection/phase.js";
import type { ParleyError } from "../src/errors.js";
import { FakeNet, settle } from "./support/fake.js";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5); // no jitter
});
afterEach(() => vi.useRealTimers());

function setUp(config: Partial<ConnectionConfig> = {}) {
  const net = new FakeNet();
  const seen = { phases: [] as string[], heard: [] as string[], expiring: 0, expired: 0 };
  const connection = new Connection(
    {
      url: "ws://parley/v1/ws",
      WebSocket: net.WebSocket,
      token: "t1",
      backoff: defaultBackoff,
      openWait: 20_000,
      patience: 30_000,
      ...config,
    },
    {
      hello: () => ({ client: "test" }),
      greeted: () => {},
      heard: (notice) => seen.heard.push(notice.method),
      entered: (phase) => seen.phases.push(phase.name),
      expiring: () => seen.expiring++,
      expired: () => seen.expired++,
    },
  );
  connection.start();
  return { net, connection, seen };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("phases", () => {
  test("from nothing to a connection and to the end", () => {
    const { net, connection, seen } = setUp();
    expect(net.last.url).toBe("ws://parley/v1/ws");
    expect(net.last.greet().params).toEqual({ token: "t1", client: "test" });
    expect(stateOf(connection.phase)).toBe("connected");
    connection.stop();
    expect(net.last.closedWith).toBe(1000);
    expect(seen.phases).toEqual(["opening", "greeting", "live", "closed"]);
    expect(stateOf(connection.phase)).toBe("disconnected");
    connection.stop();
    expect(seen.phases).toHaveLength(4);
  });

  test("the wait doubles up to two minutes and begins anew after a success", async () => {
    const { net } = setUp();
    net.last.greet();
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 120, 120]) {
      const before = net.sockets.length;
      net.last.end(1006);
      await pass(seconds * 1000 - 1);
      expect(net.sockets).toHaveLength(before);
      await pass(1);
      expect(net.sockets).toHaveLength(before + 1);
    }
    net.last.greet();
    net.last.end(1006);
    await pass(1000);
    net.last.greet();
  });

  test.each([
    [1001, "", 1_000],
    [1011, "", 1_000],
    [1012, "7", 7_700], // jitter makes it longer only: half of a fifth
    [1013, "12", 13_200],
    [1013, "sorry", 1_000],
    [4408, "", 1_000],
    [4429, "", 64_000],
    [4999, "", 1_000],
  ])("after the close %i %s it comes back in %i ms", async (code, reason, wait) => {
    const { net } = setUp();
    net.last.greet();
    net.last.end(code, reason);
    await pass(wait - 1);
    expect(net.sockets).toHaveLength(1);
    await pass(1);
    expect(net.sockets).toHaveLength(2);
  });

  test.each([
    [1002, "error"],
    [1003, "error"],
    [1007, "error"],
    [1008, "error"],
    [1009, "error"],
    [4409, "error"],
    [4403, "denied"],
  ])("after the close %i it does not come back: %s", async (code, state) => {
    const { net, connection } = setUp();
    net.last.greet();
    const waiting = connection.request("ping", undefined);
    net.last.end(code);
    expect(stateOf(connection.phase)).toBe(state);
    await expect(waiting).rejects.toThrow(`${code}`);
    await expect(connection.request("ping", undefined)).rejects.toThrow("shut down");
    await pass(300_000);
    expect(net.sockets).toHaveLength(1);
  });

  test("an opening that takes too long is given up", async () => {
    const { net, connection } = setUp();
    net.last.open();
    await pass(20_000);
    expect(connection.phase.name).toBe("waiting");
    expect(net.last.closedWith).toBe(1000);
    const late = net.last;
    await pass(1_000);
    late.say({ id: 1, result: {} });
    expect(connection.phase.name).toBe("opening");
  });

  test("a frame that cannot be read ends the connection", () => {
    const { net, connection } = setUp();
    net.last.greet();
    net.last.raw("{");
    expect(connection.phase.name).toBe("waiting");
  });
});

describe("waking up", () => {
  function events() {
    const listeners = new Map<string, () => void>();
    const add = (type: string, listener: () => void) => listeners.set(type, listener);
    vi.stubGlobal("addEventListener", add);
    vi.stubGlobal("document", { addEventListener: add, visibilityState: "visible" });
    return listeners;
  }

  test.each(["online", "visibilitychange"])("%s has it connect at once", (type) => {
    const listeners = events();
    const { net } = setUp();
    net.last.end();
    listeners.get(type)!();
    expect(net.sockets).toHaveLength(2);
  });

  test("offline has it connect no sooner", () => {
    const listeners = events();
    const { net } = setUp();
    net.last.end();
    listeners.get("offline")!();
    expect(net.sockets).toHaveLength(1);
  });

  test("not before the time that the server named", () => {
    const listeners = events();
    const { net } = setUp();
    net.last.greet();
    net.last.end(1013, "30");
    listeners.get("online")!();
    expect(net.sockets).toHaveLength(1);
  });

  test.each(["visibilitychange", "offline"])("at %s a live connection has to prove itself", async (type) => {
    const listeners = events();
    const { net, connection } = setUp();
    net.last.greet();
    listeners.get(type)!();
    await settle();
    net.last.take("ping");
    await pass(10_000);
    expect(connection.phase.name).toBe("waiting");
  });
});

describe("the watchdog", () => {
  test("pings after a heartbeat of silence, and reconnects when that brings nothing", async () => {
    const { net, connection } = setUp();
    net.last.greet();
    await pass(20_000);
    net.last.event("typingStarted", {});
    await pass(24_999);
    expect(net.last.requests).toEqual([]);
    await pass(1);
    net.last.answer(net.last.take("ping"), {});
    await pass(25_000);
    net.last.take("ping");
    await pass(9_999);
    expect(connection.phase.name).toBe("live");
    await pass(1);
    expect(connection.phase.name).toBe("waiting");
  });
});

describe("calls", () => {
  test("of one go share a frame, and wait for the connection", async () => {
    const { net, connection } = setUp();
    const a = connection.request("ping", undefined);
    const b = connection.request("role.list", {});
    net.last.greet();
    expect(net.last.frames[1]).toMatch(/^\[/);
    const [first, second] = [net.last.take("ping"), net.last.take("role.list")];
    net.last.answer(second, { roles: [] });
    net.last.answer(first, {});
    expect(await b).toEqual({ roles: [] });
    expect(await a).toEqual({});
  });

  test("are given up when there is no connection for too long", async () => {
    const { connection } = setUp();
    const call = connection.request("ping", undefined).catch((e: unknown) => e as ParleyError);
    await pass(30_000);
    expect(await call).toMatchObject({ name: "TransportUnavailableError", definite: true });
  });

  test("reads go over to the next connection, writes fail with their outcome unknown", async () => {
    const { net, connection } = setUp();
    net.last.greet();
    const read = connection.request("role.list", {});
    const write = connection.request("conversation.join", { conversation: "x" }).catch((e: unknown) => e);
    const sent = connection.request("message.send", { conversation: "x", nonce: "n" }, true);
    await settle();
    net.last.end();
    expect(await write).toMatchObject({ definite: false });
    await pass(1_000);
    net.last.greet();
    net.last.answer(net.last.take("role.list"), { roles: [] });
    net.last.answer(net.last.take("message.send"), { sid: "IM1" });
    expect(await read).toEqual({ roles: [] });
    expect(await sent).toEqual({ sid: "IM1" });
  });

  test("no more than 60 are under way, and none is larger than a frame", async () => {
    const { net, connection } = setUp();
    net.last.greet();
    const all = Array.from({ length: 70 }, () => connection.request("ping", undefined));
    const large = connection.request("user.update", { friendly_name: "é".repeat(140_000) }).catch((e: unknown) => e);
    await settle();
    expect(net.last.requests).toHaveLength(60);
    for (let i = 0; i < 70; i++) {
      net.last.answer(net.last.take("ping"), {});
      await settle();
    }
    await Promise.all(all);
    expect(await large).toMatchObject({ status: 413, definite: true });
  });
});

describe("tokens", () => {
  test("a new one goes in-band", async () => {
    const { net, connection, seen } = setUp();
    net.last.greet();
    net.last.event("tokenAboutToExpire", {});
    expect(seen.expiring).toBe(1);
    const update = connection.updateToken("t2");
    await settle();
    const request = net.last.take("token.update");
    expect(request.params).toEqual({ token: "t2" });
    net.last.answer(request, { expires_at: "" });
    await update;
    net.last.end();
    await pass(1_000);
    expect(net.last.greet().params.token).toBe("t2");
  });

  test("one that is refused changes nothing", async () => {
    const { net, connection } = setUp();
    net.last.greet();
    const update = connection.updateToken("other").catch((e: unknown) => e);
    await settle();
    net.last.refuse(net.last.take("token.update"), 20003, { status: 401 });
    expect(await update).toMatchObject({ code: 20003 });
    expect(connection.tokens.current).toBe("t1");
  });

  test("without a provider an expired one waits for the application", async () => {
    const { net, connection, seen } = setUp();
    net.last.greet();
    net.last.end(4401);
    expect(seen.expired).toBe(1);
    expect(stateOf(connection.phase)).toBe("denied");
    await pass(600_000);
    expect(net.sockets).toHaveLength(1);
    void connection.updateToken("t2");
    expect(net.sockets).toHaveLength(2);
    expect(net.last.greet().params.token).toBe("t2");
  });

  test("a provider is asked before expiry, and at a refusal", async () => {
    let n = 1;
    const { net, connection } = setUp({ tokenProvider: async () => `t${++n}` });
    net.last.greet();
    net.last.event("tokenAboutToExpire", {});
    await settle();
    net.last.answer(net.last.take("token.update"), { expires_at: "" });
    await settle();
    net.last.end(4401);
    await settle();
    net.last.open();
    const request = net.last.take("connect");
    expect(request.params.token).toBe("t3");
    // A fresh one that is refused leads to no rush.
    net.last.refuse(request, 20003, { status: 401, definite: true });
    net.last.end(4401);
    expect(connection.phase.name).toBe("waiting");
    await pass(1_000);
    expect(net.last.greet().params.token).toBe("t4");
  });
});

describe("draining", () => {
  test("it moves within the time named, once what was asked is answered", async () => {
    const { net, connection, seen } = setUp();
    net.last.greet();
    const call = connection.request("ping", undefined);
    await settle();
    const [old] = net.sockets;
    old!.event("serverDraining", { reconnect_within: 10 });
    await pass(5_000);
    expect(net.sockets).toHaveLength(1);
    old!.answer(old!.take("ping"), {});
    await call;
    await settle();
    expect(net.sockets).toHaveLength(2);
    expect(old!.closedWith).toBe(1000);
    net.last.greet();
    expect(seen.phases).toEqual(["opening", "greeting", "live", "opening", "greeting", "live"]);
  });
});
