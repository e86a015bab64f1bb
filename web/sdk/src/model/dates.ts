/** A time of the protocol as a date, null where there is none. */
export function dateOf(text: string | null | undefined): Date | null {
  return text ? new Date(text) : null;
}
