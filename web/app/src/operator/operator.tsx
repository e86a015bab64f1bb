import { useEffect, useState } from "preact/hooks";
import { text } from "../text";
import { useToasts } from "../ui/toast";
import { Chart } from "./chart";
import { readState, type State } from "./hub";
import { between, mostSamples, type Sample } from "./rates";
import { Search } from "./search";
import { Hubs, Parts, Slowest } from "./tables";
import { bytes, number, milliseconds, since } from "./words";

/** How long to wait between two looks at the hub, in milliseconds. */
const pause = 1000;

/** Looks at the hub again and again, for as long as the page is seen. */
function useHub(): { state: State | null; samples: Sample[]; lost: string } {
  const [seen, setSeen] = useState<{ state: State | null; samples: Sample[]; lost: string }>({
    state: null,
    samples: [],
    lost: "",
  });
  useEffect(() => {
    const end = new AbortController();
    let before: State | null = null;
    let timer = 0;
    const look = async (): Promise<void> => {
      try {
        const state = document.hidden && before ? before : await readState(end.signal);
        const sample = before && between(before, state);
        before = state;
        setSeen((was) => ({
          state,
          samples: sample ? [...was.samples, sample].slice(-mostSamples) : was.samples,
          lost: "",
        }));
      } catch (error) {
        if (end.signal.aborted) return;
        setSeen((was) => ({ ...was, lost: error instanceof Error ? error.message : String(error) }));
      }
      timer = window.setTimeout(() => void look(), pause);
    };
    void look();
    return () => {
      end.abort();
      clearTimeout(timer);
    };
  }, []);
  return seen;
}

/** The page of those who run the hub. */
export function Operator() {
  const { state, samples, lost } = useHub();
  const [token, setToken] = useState("");
  const [toasts, say] = useToasts();
  if (!state) return <main class="operator">{lost ? <p role="alert">{text.operator.lost(lost)}</p> : null}</main>;
  const ill = state.parts.some((part) => part.cause !== "");
  return (
    <main class="operator">
      <header>
        <h1>
          {state.hub.name}{" "}
          <span class={ill || lost ? "state ill" : "state"}>
            {ill || lost ? text.operator.ill : text.operator.well}
          </span>
        </h1>
        <p>{text.operator.about(state.hub.version, since(state.hub.started), state.store)}</p>
        <label class="key">
          {text.operator.token}
          <input
            type="password"
            autocomplete="off"
            value={token}
            placeholder={text.operator.tokenHint}
            onInput={(event) => setToken(event.currentTarget.value.trim())}
          />
        </label>
      </header>
      {lost ? (
        <p class="wrong" role="alert">
          {text.operator.lost(lost)}
        </p>
      ) : null}
      <Figures state={state} />
      <Charts samples={samples} />
      <div class="columns">
        <Hubs state={state} />
        <Parts state={state} />
      </div>
      <Search token={token} say={say} />
      <Slowest state={state} token={token} say={say} />
      {toasts}
    </main>
  );
}

function Figures({ state }: { state: State }) {
  const figures: [string, string][] = [
    [text.operator.connections, number(state.hub.connections)],
    [text.operator.users, number(state.hub.users)],
    [text.operator.rooms, number(state.hub.rooms)],
    [text.operator.lag, number(state.hub.lag)],
    [text.operator.waiting, number(state.waiting)],
    [text.operator.memory, bytes(state.hub.memory)],
    [text.operator.slow, number(state.sockets.slow)],
    [text.operator.refused, number(state.sockets.refused)],
  ];
  return (
    <dl class="figures" aria-label={text.operator.figures}>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Charts({ samples }: { samples: Sample[] }) {
  const one = (pick: (sample: Sample) => number) => [{ name: "", values: samples.map(pick) }];
  return (
    <section class="charts" aria-label={text.operator.charts}>
      <Chart title={text.operator.deliveries} show={number} most={mostSamples} lines={one((s) => s.deliveries)} />
      <Chart title={text.operator.commands} show={number} most={mostSamples} lines={one((s) => s.commands)} />
      <Chart
        title={text.operator.commits}
        show={milliseconds}
        most={mostSamples}
        lines={[
          { name: "p50", values: samples.map((s) => s.p50) },
          { name: "p99", values: samples.map((s) => s.p99) },
        ]}
      />
      <Chart title={text.operator.bytes} show={bytes} most={mostSamples} lines={one((s) => s.bytes)} />
      <Chart title={text.operator.connections} show={number} most={mostSamples} lines={one((s) => s.connections)} />
      <Chart title={text.operator.lag} show={number} most={mostSamples} lines={one((s) => s.lag)} />
    </section>
  );
}
