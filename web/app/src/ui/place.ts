import { useEffect, useState } from "preact/hooks";

/** Where one is: in a conversation, and at one of its messages. The address says it, so that Back and Forward work. */
export interface Place {
  sid: string;
  index?: number;
}

export function placeOf(hash: string): Place {
  const [sid = "", index = ""] = hash.replace(/^#/u, "").split("/");
  return /^\d+$/u.test(index) ? { sid, index: Number(index) } : { sid };
}

export const hrefOf = ({ sid, index }: Place): string => `#${sid}${index === undefined ? "" : `/${index}`}`;

export function usePlace(): [Place, (to: Place) => void] {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const follow = (): void => setPlace(placeOf(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return [place, (to) => (location.hash = hrefOf(to))];
}
