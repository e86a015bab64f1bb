import type { Client } from "parley-conversations";
import { text } from "../text";
import { useWatch } from "./watch";

/** Says that there is no connection, and when the next attempt is. */
export function Banner({ client }: { client: Client }) {
  useWatch(client, ["connectionChanged", "connectionStateChanged"]);
  const { phase, retryAt } = client.connection;
  if (client.online) return null;
  const offline = phase === "waiting";
  return (
    <div class="banner" role="status">
      <span>{offline ? text.banner.offline : text.banner.connecting}</span>
      {retryAt ? <span>{text.banner.again(retryAt.toLocaleTimeString())}</span> : null}
      {offline ? (
        <button type="button" class="quiet" onClick={() => client.reconnect()}>
          {text.banner.now}
        </button>
      ) : null}
    </div>
  );
}
