interface Target {
  addEventListener?: (type: string, listener: () => void) => void;
  removeEventListener?: (type: string, listener: () => void) => void;
}

/**
 * Calls back when it is worth looking at the connection at once: the browser found a network, or the page came to the
 * front; and when the browser lost its network, which a connection does not notice by itself. Where there are no such
 * events nothing happens. The result ends it.
 */
export function onWakeup(wake: () => void, doubt: () => void): () => void {
  const scope = globalThis as Target & { document?: Target & { visibilityState?: string } };
  const page = scope.document;
  const shown = (): void => {
    if (page?.visibilityState !== "hidden") wake();
  };
  // React Native has neither, and Node no document.
  scope.addEventListener?.("online", wake);
  scope.addEventListener?.("offline", doubt);
  page?.addEventListener?.("visibilitychange", shown);
  return () => {
    scope.removeEventListener?.("online", wake);
    scope.removeEventListener?.("offline", doubt);
    page?.removeEventListener?.("visibilitychange", shown);
  };
}
