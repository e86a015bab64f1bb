import { text } from "../text";
import type { Say } from "../ui/toast";
import { act, type State } from "./hub";
import { bytes, number, since } from "./words";

/** All hubs that live. */
export function Hubs({ state }: { state: State }) {
  return (
    <section>
      <h2>{text.operator.hubs}</h2>
      <div class="wide" role="region" aria-label={text.operator.hubs} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {text.operator.hubColumns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {state.hubs.map((card) => (
              <tr key={card.id}>
                <th scope="row" title={card.id}>
                  {card.name}
                </th>
                <td>{card.version || "–"}</td>
                <td>{card.started ? since(card.started) : "–"}</td>
                <td>{number(card.connections)}</td>
                <td>{number(card.rooms)}</td>
                <td>{bytes(card.memory)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What the hub depends on. */
export function Parts({ state }: { state: State }) {
  const { bus } = state;
  return (
    <section>
      <h2>{text.operator.parts}</h2>
      <ul class="parts">
        {state.parts.map((part) => (
          <li key={part.name}>
            <strong>{part.name}</strong>
            <span class={part.cause ? "state ill" : "state"}>
              {part.cause ? text.operator.ill : text.operator.well}
            </span>
            {part.cause ? <small dir="auto">{part.cause}</small> : null}
          </li>
        ))}
        {bus ? (
          <li>
            <small>{text.operator.bus(number(bus.published), number(bus.received), number(bus.waiting))}</small>
            <small>{text.operator.busFaults(number(bus.dropped), number(bus.probes_lost), number(bus.rebuilds))}</small>
          </li>
        ) : (
          <li>
            <small>{text.operator.noBus}</small>
          </li>
        )}
        <li>
          <small>{text.operator.epoch(state.epoch)}</small>
        </li>
      </ul>
    </section>
  );
}

/** The sessions that are farthest behind. */
export function Slowest({ state, token, say }: { state: State; token: string; say: Say }) {
  return (
    <section>
      <h2>{text.operator.slowest}</h2>
      {state.slowest.length === 0 ? <p class="hint">{text.operator.noneSlow}</p> : null}
      <ul class="slowest">
        {state.slowest.map((one) => (
          <li key={one.session + one.conversation}>
            <strong dir="auto">{one.identity}</strong>
            <span>{text.operator.behind(one.events)}</span>
            <small>{one.conversation}</small>
            <button
              type="button"
              class="quiet"
              disabled={!token}
              onClick={() => void act(token, "DELETE", "sessions", one.session).catch(say)}
            >
              {text.operator.disconnect}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
