import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Log } from "./log";

/** How near to its end, in pixels, a list counts as being there. */
const near = 40;
/** So far before either end, in pixels, more is read. */
const ahead = 800;

/** What stays where it is while things come and go around it: the end, or what is at the top of what one sees. */
interface Hold {
  end: boolean;
  anchor: Element | undefined;
  bottom: number; // of the anchor, from the upper edge of the list
  top: number; // what the list was scrolled to
}

/**
 * Keeps in its place what is read. The browser's own anchoring is off: not all have it, and it does nothing at the top.
 */
export class Scroller {
  #hold: Hold = { end: true, anchor: undefined, bottom: 0, top: 0 };

  constructor(
    readonly box: RefObject<HTMLElement>,
    readonly log: Log,
  ) {}

  get atEnd(): boolean {
    return this.#hold.end;
  }

  /** Remembers what is at the top of what one sees, as the document is now. */
  note(): void {
    const el = this.box.current;
    if (!el) return;
    const edge = el.getBoundingClientRect().top;
    const anchor = firstBelow([...el.querySelectorAll("article")], edge);
    const bottom = anchor ? anchor.getBoundingClientRect().bottom - edge : 0;
    const end = this.#hold.end && (this.#by(el) > -1 || below(el) < near);
    this.#hold = { end, anchor, bottom, top: el.scrollTop };
  }

  /** Puts that back where it was, or where somebody who scrolled since would see it if nothing else had changed. */
  keep(): void {
    const el = this.box.current!;
    const { end, anchor, bottom } = this.#hold;
    const by = this.#by(el);
    if (end && by > -1) el.scrollTop = el.scrollHeight;
    else if (anchor?.isConnected) {
      const moved = anchor.getBoundingClientRect().bottom - el.getBoundingClientRect().top - bottom + by;
      if (Math.abs(moved) >= 0.5) el.scrollTop += moved;
    }
    this.note();
  }

  /** Somebody scrolled. */
  scrolled(): void {
    const el = this.box.current!;
    this.keep(); // of what changed as well
    this.#hold.end = !this.log.hasNewer && below(el) < near;
  }

  /** How far somebody scrolled since the last note. Where there is less than before the browser goes up by itself. */
  #by(el: HTMLElement): number {
    const by = el.scrollTop - this.#hold.top;
    return by < 0 && below(el) < 1 ? 0 : by;
  }

  /** Reads more where an end is near. */
  async more(): Promise<void> {
    const el = this.box.current!;
    if (el.scrollTop < ahead) await this.log.older();
    if (below(el) < ahead) await this.log.newer();
  }

  /** Brings a message into the middle; false where it is not drawn. */
  show(index: number): boolean {
    const article = this.box.current!.querySelector<HTMLElement>(`#m${index}`);
    if (!article) return false;
    this.#hold.end = false;
    article.scrollIntoView({ block: "center" });
    article.focus({ preventScroll: true });
    article.dataset.shown = "now";
    article.addEventListener("animationend", () => delete article.dataset.shown, { once: true });
    this.note();
    return true;
  }

  /** Puts the line before what is new near the top, where what is new does not fit below it. */
  showFresh(): void {
    const el = this.box.current!;
    const line = el.querySelector(".fresh");
    const above = line ? line.getBoundingClientRect().top - el.getBoundingClientRect().top : 0;
    if (above >= 0) return;
    this.#hold.end = false;
    el.scrollTop += above - near;
    this.note();
  }

  toEnd(): void {
    const el = this.box.current!;
    this.#hold.end = true;
    el.scrollTop = el.scrollHeight;
    this.note();
  }
}

/** So much, in pixels, is below of what one sees. */
function below(el: HTMLElement): number {
  return el.scrollHeight - el.scrollTop - el.clientHeight;
}

/** The first of elements that stand one below the other whose end is below an edge. */
function firstBelow(elements: Element[], edge: number): Element | undefined {
  let [from, to] = [0, elements.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (elements[middle]!.getBoundingClientRect().bottom > edge) to = middle;
    else from = middle + 1;
  }
  return elements[from];
}

/** The scroller of a log. The first drawing goes to the line before what is new. */
export function useScroll(log: Log, say: (error: unknown) => void) {
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const kept = useRef<Scroller>(null);
  const scroller = (kept.current ??= new Scroller(box, log));
  const fresh = useRef(true);
  const [atEnd, setAtEnd] = useState(true);
  // Components are drawn before the document changes: what is seen now is what has to stay.
  scroller.note();
  const settle = (): void => {
    log.following = scroller.atEnd;
    setAtEnd(scroller.atEnd && !log.hasNewer);
  };
  useLayoutEffect(() => {
    if (log.target !== undefined && scroller.show(log.target)) log.target = undefined;
    else scroller.keep();
    if (fresh.current && log.messages.length > 0) {
      fresh.current = false;
      if (scroller.atEnd) scroller.showFresh();
    }
    settle();
  });
  useEffect(() => void scroller.more().catch(say), [log.messages]);
  useEffect(() => {
    const el = box.current!;
    const scrolled = (): void => {
      scroller.scrolled();
      settle();
      scroller.more().catch(say);
    };
    const follow = new ResizeObserver(() => scroller.keep()); // a picture came, or the page is another size
    follow.observe(el);
    follow.observe(inner.current!);
    el.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      el.removeEventListener("scroll", scrolled);
      follow.disconnect();
    };
  }, []);
  return { box, inner, scroller, atEnd };
}
