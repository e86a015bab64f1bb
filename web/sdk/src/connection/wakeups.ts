interface Target {
  addEventListener?: (type: string, listener: () => void) => void;
  removeEventListener?: (type: string, listener: () => void) => void;
}

/**
 * Calls back when it is worth looking at the connection at once: the browser found a network, or the page came to the
 * front. Where there are no such events nothing happens. The result ends it.
 */
export function onWakeup(wake: () => void): () => void {
  const scope = globalThis as Target & { document?: Target & { visibilityState?: string } };
  const page = scope.document;
  const shown = (): void => {
    if (page?.visibilityState !== "hidden") wake();
  };
  // React Native has neither, and Node no document.
  scope.addEventListener?.("online", wake);
  page?.addEventListener?.("visibilitychange", shown);
  return () => {
    scope.removeEventListener?.("online", wake);
    page?.removeEventListener?.("visibilitychange", shown);
  };
}
