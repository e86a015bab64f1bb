import type { JSONValue } from "./json.js";

/** What the server says of a refusal besides its number. */
export interface ErrorData {
  status?: number;
  definite?: boolean;
  retry_after?: number;
}

/**
 * A refusal by the server, or a connection that could not be had. The numbers are those of Twilio's REST errors; `body`
 * and `status` are where applications written for `@twilio/conversations` look for them.
 */
export class ParleyError extends Error {
  /** The number of the error, such as 50433; undefined where the server was not reached. */
  readonly code: number | undefined;
  /** What the same failure is over HTTP; 0 where the server was not reached. */
  readonly status: number;
  /** True when the attempt changed nothing and will not: it may be made again. */
  readonly definite: boolean;
  /** Seconds to wait before another attempt, where the server named them. */
  readonly retryAfter: number | undefined;
  /** Like the body of a REST error. */
  readonly body: { code: number | undefined; message: string; status: number };

  constructor(message: string, about: { code?: number; data?: ErrorData; name?: string; cause?: unknown } = {}) {
    super(message, about.cause === undefined ? undefined : { cause: about.cause });
    this.name = about.name ?? "ParleyError";
    this.code = about.code;
    this.status = about.data?.status ?? 0;
    this.definite = about.data?.definite ?? false;
    this.retryAfter = about.data?.retry_after;
    this.body = { code: this.code, message, status: this.status };
  }

  /** The description of the status, the name that Twilio's errors have for the message. */
  get description(): string {
    return this.message;
  }
}

/** The numbers of the errors that the library itself acts on. */
export const codes = {
  invalidParams: -32602,
  unknownMethod: -32601,
  internal: -32603,
  tokenRefused: 20003,
  tokenExpired: 20104,
  unavailable: 20503,
  tooManyRequests: 50074,
  conversationNotFound: 50350,
  participantNotFound: 50402,
  messageNotFound: 50500,
} as const;

/** The error of a call that found no connection: it was not made, so it changed nothing. */
export function unreachable(cause?: unknown): ParleyError {
  return new ParleyError("Unable to connect: the server is not reachable", {
    name: "TransportUnavailableError",
    data: { definite: true },
    cause,
  });
}

/** The error of a call whose connection ended before its answer: it may or may not have been done. */
export function unanswered(): ParleyError {
  return new ParleyError("The connection was lost before the answer: the outcome is unknown", {
    name: "TransportUnavailableError",
  });
}

/** The error of whatever is asked of a client that was shut down. */
export function shutDown(): ParleyError {
  return new ParleyError("The client was shut down", { data: { definite: true } });
}

/** Whether a refusal may pass, so that the same request is worth another attempt. */
export function passes(error: unknown): error is ParleyError {
  return (
    error instanceof ParleyError &&
    (error.code === codes.tooManyRequests || error.code === codes.unavailable || error.code === codes.internal)
  );
}

/** The error as applications get it in connectionError. */
export interface ConnectionErrorInfo {
  terminal: boolean;
  message: string;
  httpStatusCode?: number;
  errorCode?: number;
  body?: JSONValue;
}
