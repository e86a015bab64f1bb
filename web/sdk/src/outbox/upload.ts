import { ParleyError, unreachable } from "../errors.js";
import { isObject } from "../wire/frame.js";
import type { Attachment } from "./attachment.js";

/** Where and as whom files are uploaded. */
export interface UploadTarget {
  rest: string;
  service: string;
  token: string;
}

interface Reply {
  status: number;
  text: string;
  retryAfter: string | null;
}

/** Uploads a file and gives its sid. `progress` is told of the bytes that went, where that can be known. */
export async function upload(
  target: UploadTarget,
  file: Attachment,
  signal: AbortSignal,
  progress: (loaded: number) => void,
): Promise<string> {
  const query = new URLSearchParams({ Category: file.category });
  if (file.filename) query.set("Filename", file.filename);
  const url = `${target.rest}/v1/Services/${target.service}/Media?${query}`;
  const headers = { "Content-Type": file.content.type, "X-Twilio-Token": target.token };
  const send = typeof XMLHttpRequest === "undefined" ? byFetch : byRequest;
  let reply: Reply;
  try {
    reply = await send(url, headers, file.content, signal, progress);
  } catch (cause) {
    if (signal.aborted) throw new Error("The upload was cancelled", { cause });
    throw unreachable(cause);
  }
  const body = parse(reply.text);
  if (reply.status === 201 && typeof body.sid === "string") return body.sid;
  throw refusal(reply, body);
}

async function byFetch(url: string, headers: Record<string, string>, body: Blob, signal: AbortSignal): Promise<Reply> {
  const answer = await fetch(url, { method: "POST", headers, body, signal });
  return { status: answer.status, text: await answer.text(), retryAfter: answer.headers.get("Retry-After") };
}

/** The older way, which is the only one that knows how much of the body went. */
function byRequest(
  url: string,
  headers: Record<string, string>,
  body: Blob,
  signal: AbortSignal,
  progress: (loaded: number) => void,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () =>
      resolve({
        status: request.status,
        text: request.responseText,
        retryAfter: request.getResponseHeader("Retry-After"),
      });
    request.onerror = () => reject(new Error("the upload failed"));
    request.onabort = () => reject(new Error("the upload was cancelled"));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

function refusal(reply: Reply, body: Record<string, unknown>): ParleyError {
  const message = typeof body.message === "string" ? body.message : `The upload was answered with ${reply.status}`;
  const passing = reply.status === 429 || reply.status >= 500;
  const seconds = Number(reply.retryAfter);
  return new ParleyError(message, {
    // One that may pass has the number of those of the websocket that do.
    code: passing ? (reply.status === 429 ? 50074 : 20503) : typeof body.code === "number" ? body.code : 0,
    data: { status: reply.status, definite: true, ...(seconds > 0 ? { retry_after: seconds } : {}) },
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
