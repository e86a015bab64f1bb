/** Where the server is: what the application said, else the first of three places that names one. */
export function findServer(given: string | undefined, byClass: string | undefined): string {
  const scope = globalThis as { PARLEY_URL?: unknown; location?: { origin?: string } };
  const origin = scope.location?.origin;
  const named = [given, byClass, scope.PARLEY_URL].find((one) => typeof one === "string" && one !== "");
  const url = (named as string | undefined) ?? (origin && /^https?:/.test(origin) ? origin : undefined);
  if (!url) {
    throw new Error("Where is the server? Set options.url, Client.defaultUrl or globalThis.PARLEY_URL");
  }
  return url;
}

/** The addresses at one server. */
export interface Addresses {
  /** Of the websocket. */
  socket: string;
  /** What the paths of REST are put behind, without a slash at the end. */
  rest: string;
}

/** Makes both addresses of any: ws(s) or http(s), with the path of the websocket or without. */
export function addressesAt(server: string): Addresses {
  const url = new URL(server);
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  if (!secure && url.protocol !== "http:" && url.protocol !== "ws:") {
    throw new Error(`The server's URL must begin with https://, http://, wss:// or ws://, not ${url.protocol}`);
  }
  const path = url.pathname.replace(/\/+$/, "").replace(/\/v1\/ws$/, "");
  return {
    socket: `${secure ? "wss" : "ws"}://${url.host}${path}/v1/ws${url.search}`,
    rest: `${secure ? "https" : "http"}://${url.host}${path}`,
  };
}
