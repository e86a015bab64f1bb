import { type ErrorData, ParleyError } from "../errors.js";

/** The subprotocol of the websocket. */
export const subprotocol = "parley.v1.json";

/** An answer to the request of that id. */
export interface Answer {
  kind: "answer";
  id: number;
  result?: unknown;
  error?: ParleyError;
}

/** A notification of the server. */
export interface Notice {
  kind: "notice";
  method: string;
  params: Record<string, unknown>;
}

export type Incoming = Answer | Notice;

/** A request as it is written; without an id it is a notification. */
export interface Outgoing {
  id?: number;
  method: string;
  params?: unknown;
}

/** The text of one message. */
export function encode(message: Outgoing): string {
  return JSON.stringify({ jsonrpc: "2.0", ...message });
}

/**
 * Reads a frame: one message or a batch. Members and kinds of messages that are not known are passed over; a frame
 * that is no JSON-RPC at all is an error, and the connection is not to be trusted any more.
 */
export function decode(frame: string): Incoming[] | ParleyError {
  try {
    const value: unknown = JSON.parse(frame);
    const messages = Array.isArray(value) ? value : [value];
    return messages.map(read).filter((one) => one !== undefined);
  } catch (error) {
    return new ParleyError("The server sent a frame that cannot be read", { cause: error });
  }
}

function read(message: unknown): Incoming | undefined {
  if (!isObject(message)) throw new ParleyError("The server sent something that is no message");
  const { id, method, params, result, error } = message;
  if (typeof method === "string") return { kind: "notice", method, params: isObject(params) ? params : {} };
  if (id === null || id === undefined) {
    // An answer to what could not be read: there is no request that it belongs to.
    return undefined;
  }
  if (typeof id !== "number") throw new ParleyError("The server answered a request that was never made");
  if (isObject(error)) return { kind: "answer", id, error: refusal(error) };
  return { kind: "answer", id, result };
}

function refusal(error: Record<string, unknown>): ParleyError {
  const about: { code?: number; data?: ErrorData } = {};
  if (typeof error.code === "number") about.code = error.code;
  if (isObject(error.data)) about.data = error.data as ErrorData;
  return new ParleyError(typeof error.message === "string" ? error.message : "The server refused", about);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
