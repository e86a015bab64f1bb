import { codes, ParleyError } from "../errors.js";
import { type Advice, adviceFor } from "../wire/codes.js";

/** How a connection came to its end. */
export interface Ending {
  error: ParleyError;
  /** What to do about it. */
  advice: Advice;
  /** The token was good until then. */
  expired: boolean;
}

/** What the close of a socket says; `refusal` is the answer that the server gave before it, to `connect`. */
export function endOf(code: number, reason: string, refusal: ParleyError | undefined, live: boolean): Ending {
  const expired = refusal?.code === codes.tokenExpired || (code === 4401 && live);
  const advice = refusal?.status === 401 && code !== 4403 ? "token" : adviceFor(code);
  return { error: refusal ?? closing(code, reason, expired), advice, expired };
}

function closing(code: number, reason: string, expired: boolean): ParleyError {
  if (expired) return new ParleyError("The token has expired", { code: codes.tokenExpired, data: { status: 401 } });
  return new ParleyError(`The connection was closed: ${code}${reason ? ` ${reason}` : ""}`);
}
