import { Client } from "parley-conversations";
import { text } from "../text";

/** Who one is: by name where the server gives tokens to whoever asks, as `parley dev` does, or by a token. */
export type Person = { identity: string } | { token: string };

const key = "parley.person";

/** Who one was on this tab. Another tab may be somebody else. */
export function remembered(): Person | null {
  const kept = sessionStorage.getItem(key);
  return kept ? (JSON.parse(kept) as Person) : null;
}

/** A client of theirs; failed is told why there is none after all. */
export function signIn(person: Person, failed: (why: string) => void): Client {
  sessionStorage.setItem(key, JSON.stringify(person));
  const provider = "identity" in person ? { tokenProvider: () => devToken(person.identity) } : {};
  const client = new Client("token" in person ? person.token : "none yet", {
    ...provider,
    ...("identity" in person ? { storage: "memory" as const } : {}),
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

/** A token of a server for development. */
export async function devToken(identity: string): Promise<string> {
  const answer = await fetch(`/dev/token?identity=${encodeURIComponent(identity)}`);
  if (!answer.ok) throw new Error(answer.status === 404 ? text.signIn.noNames : await answer.text());
  return (await answer.text()).trim();
}

export async function signOut(client: Client): Promise<void> {
  sessionStorage.removeItem(key);
  location.hash = "";
  await client.shutdown();
}

/** When a token ends, null where that cannot be read. */
export function endOf(token: string): Date | null {
  try {
    const body = token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/");
    const { exp } = JSON.parse(atob(body)) as { exp?: number };
    return exp === undefined ? null : new Date(exp * 1000);
  } catch {
    return null;
  }
}
