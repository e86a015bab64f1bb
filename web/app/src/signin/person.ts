import { Client, IndexedDBStorage } from "parley-conversations";
import { text } from "../text";

/** Who one is. One who came by name, where the server gives tokens to whoever asks, gets others when theirs ends. */
export interface Person {
  identity: string;
  token: string;
  named: boolean;
}

const key = "parley.person";

/** Who one was on this tab. Another tab may be somebody else. */
export function remembered(): Person | null {
  const kept = sessionStorage.getItem(key);
  return kept ? (JSON.parse(kept) as Person) : null;
}

/** Somebody of a server for development. */
export async function byName(identity: string): Promise<Person> {
  return { identity, token: await devToken(identity), named: true };
}

export function byToken(token: string): Person {
  return { identity: claimsOf(token)?.grants?.identity ?? "", token, named: false };
}

/**
 * A client of theirs, which begins with what it knew before: the identity is in the token, and what is kept of each is
 * apart. failed is told why there is none after all.
 */
export function signIn(person: Person, failed: (why: string) => void): Client {
  sessionStorage.setItem(key, JSON.stringify(person));
  const renew = async (): Promise<string> => {
    const token = await devToken(person.identity);
    sessionStorage.setItem(key, JSON.stringify({ ...person, token }));
    return token;
  };
  const client = new Client(person.token, {
    ...(person.named ? { tokenProvider: renew } : {}),
    ...("indexedDB" in globalThis ? { storage: new IndexedDBStorage(shelf(person)) } : {}),
  });
  const over = (why: string | undefined): void => {
    sessionStorage.removeItem(key);
    failed(why || text.signIn.failed);
  };
  client.onWithReplay("initFailed", ({ error }) => over(error?.message));
  client.on("connectionStateChanged", () => {
    const { phase, error } = client.connection;
    if (phase === "refused" || (phase === "closed" && error)) over(error?.message); // barred, or the token is no good any more
  });
  return client;
}

/** Ends it, and forgets all that was kept of them in this browser. */
export async function signOut(client: Client, person: Person): Promise<void> {
  sessionStorage.removeItem(key);
  location.hash = "";
  await client.shutdown();
  if ("indexedDB" in globalThis) indexedDB.deleteDatabase(shelf(person));
}

const shelf = ({ identity }: Person): string => `parley ${identity}`;

/** A token of a server for development. */
export async function devToken(identity: string): Promise<string> {
  const answer = await fetch(`/dev/token?identity=${encodeURIComponent(identity)}`);
  if (!answer.ok) throw new Error(answer.status === 404 ? text.signIn.noNames : await answer.text());
  return (await answer.text()).trim();
}

/** When a token ends, null where that cannot be read. */
export function endOf(token: string): Date | null {
  const exp = claimsOf(token)?.exp;
  return exp === undefined ? null : new Date(exp * 1000);
}

function claimsOf(token: string): { exp?: number; grants?: { identity?: string } } | null {
  try {
    const body = atob(token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(body, (char) => char.charCodeAt(0)))) as object;
  } catch {
    return null;
  }
}
