import type { VNode } from "preact";
import { useCallback, useState } from "preact/hooks";
import { text } from "../text";

/** Says what went wrong, until it is put away. */
export type Say = (error: unknown) => void;

export function useToasts(): [VNode, Say] {
  const [said, setSaid] = useState<string[]>([]);
  const say = useCallback((error: unknown) => {
    const what = text.failed(error instanceof Error ? error.message : String(error));
    setSaid((before) => [...before.filter((one) => one !== what), what].slice(-3));
  }, []);
  const shown = (
    <div class="toasts" role="alert">
      {said.map((what) => (
        <p key={what}>
          <span dir="auto">{what}</span>
          <button type="button" class="quiet" onClick={() => setSaid(said.filter((one) => one !== what))}>
            {text.close}
          </button>
        </p>
      ))}
    </div>
  );
  return [shown, say];
}
