/** What the admin listener answers, as web/operator has it in Go. */
export interface Card {
  id: string;
  name: string;
  version: string;
  started: string;
  connections: number;
  users: number;
  rooms: number;
  lag: number;
  memory: number;
  deliveries: number;
  commands: number;
}

export interface State {
  at: string;
  hub: Card;
  epoch: string;
  store: string;
  hubs: Card[];
  parts: { name: string; cause: string; vital: boolean }[];
  sockets: { accepted: number; frames: number; bytes: number; slow: number; refused: number };
  bus: {
    well: boolean;
    waiting: number;
    published: number;
    received: number;
    dropped: number;
    probes_lost: number;
    rebuilds: number;
  } | null;
  waiting: number;
  commits: { count: number; seconds: number; bounds: number[]; counts: number[] };
  errors: Record<string, number>;
  slowest: { session: string; service: string; identity: string; conversation: string; events: number }[];
}

export interface User {
  sid: string;
  service: string;
  identity: string;
  friendly_name: string;
  barred: boolean;
  sessions: string[];
  conversations: number;
  created: string;
}

export interface Conversation {
  sid: string;
  service: string;
  unique_name: string;
  friendly_name: string;
  state: string;
  messages: number;
  revision: number;
  participants: { sid: string; identity: string; address: string }[];
  more: boolean;
  created: string;
  updated: string;
}

export interface Found {
  users: User[];
  conversations: Conversation[];
}

/** What the hub says when it refuses. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(`/operator/${path}`, { ...init, cache: "no-store", credentials: "omit" });
  if (response.ok) return response;
  const said = (await response.json().catch(() => ({}))) as { message?: string };
  throw new Refused(response.status, said.message ?? response.statusText);
}

export async function readState(signal: AbortSignal): Promise<State> {
  return (await (await ask("state", { signal })).json()) as State;
}

export async function find(name: string): Promise<Found> {
  return (await (await ask(`find?name=${encodeURIComponent(name)}`, {})).json()) as Found;
}

/** Does something for which the account's auth token is asked. */
export async function act(token: string, method: "POST" | "DELETE", ...path: string[]): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  await ask(path.map(encodeURIComponent).join("/"), { method, headers });
}
