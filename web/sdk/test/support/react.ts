// As much of React as the guide uses: one component, whose states are noted.
export const drawn: unknown[] = [];

export function useState<T>(first: T): [T, (next: T) => void] {
  return [first, (next) => drawn.push(next)];
}

export function useEffect(effect: () => void): void {
  effect();
}
