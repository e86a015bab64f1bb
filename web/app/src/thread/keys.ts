/** Moves among messages with the arrows, from the one that has the focus, and with Escape back to where one writes. */
export function moveFocus(event: KeyboardEvent, write: () => void): void {
  const here = event.target as HTMLElement;
  if (event.key === "Escape" && !event.defaultPrevented) return write();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || here.tagName !== "ARTICLE") return;
  event.preventDefault();
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll("article")];
  const next = all[all.indexOf(here) + step];
  if (next) next.focus();
  else if (step > 0) write();
}
