import { useState } from "preact/hooks";
import { text } from "../text";
import { Icon } from "./icon";

/** The colours of the page: the system's choice, or one's own for this browser. */
export type Theme = "auto" | "light" | "dark";

const key = "parley.theme";
const order: readonly Theme[] = ["auto", "light", "dark"];

export function themeOf(kept: string | null): Theme {
  return order.find((one) => one === kept) ?? "auto";
}

/** Puts the colours on. Done before anything is drawn, so that nothing flashes in others. */
export function wear(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

export function wearKept(): void {
  wear(themeOf(localStorage.getItem(key)));
}

/** Goes from one to the next. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(() => themeOf(localStorage.getItem(key)));
  const next = order[(order.indexOf(theme) + 1) % order.length]!;
  const change = (): void => {
    localStorage.setItem(key, next);
    wear(next);
    setTheme(next);
  };
  return (
    <button
      type="button"
      class="quiet round theme"
      aria-label={text.theme[theme]}
      title={text.theme[theme]}
      onClick={change}
    >
      <Icon name={theme} />
    </button>
  );
}
