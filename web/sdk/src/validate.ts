/** A kind of argument: what it is called, and whether a value is of it. */
export interface Kind {
  readonly name: string;
  readonly is: (value: unknown) => boolean;
}

const kind = (name: string, is: (value: unknown) => boolean): Kind => ({ name, is: (value) => is(value) });

export const string = kind("string", (value) => typeof value === "string");
export const nonEmptyString = kind("non-empty string", (value) => typeof value === "string" && value.length > 0);
export const nonNegativeInteger = kind(
  "non-negative integer",
  (value) => Number.isInteger(value) && Number(value) >= 0,
);
export const integer = kind("integer", (value) => Number.isInteger(value));
export const nothing = kind("undefined", (value) => value === undefined);
export const none = kind("null", (value) => value === null);
export const object = kind("object", (value) => typeof value === "object" && value !== null && !Array.isArray(value));
export const callback = kind("function", (value) => typeof value === "function");
export const json = kind("plain JSON value", isJSON);

export function literal(...values: unknown[]): Kind {
  return kind(values.map((value) => `'${String(value)}'`).join(" | "), (value) => values.includes(value));
}

export function arrayOf(of: Kind): Kind {
  return kind(`array of ${of.name}`, (value) => Array.isArray(value) && value.every(of.is));
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- constructors of whatever arguments
export function instance(of: abstract new (...args: any[]) => unknown): Kind {
  return kind(of.name || "object", (value) => value instanceof of);
}

/** Throws unless the value is of one of the kinds. */
export function check(method: string, argument: string, value: unknown, ...kinds: Kind[]): void {
  if (kinds.some((one) => one.is(value))) return;
  const wanted = kinds.map((one) => one.name).join(" or ");
  throw new Error(`${method}: the argument "${argument}" has to be of type ${wanted}, and is ${describe(value)}`);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return value === "" ? "an empty string" : "a string";
  if (typeof value === "number") return `the number ${value}`;
  return Array.isArray(value) ? "an array" : typeof value;
}

/** What is media to be sent: a form with a file, or content with its type. */
export const sendable = kind("FormData | SendMediaOptions", (value) => {
  if (typeof FormData !== "undefined" && value instanceof FormData) return true;
  if (typeof value !== "object" || value === null || !("media" in value)) return false;
  const type = (value as { contentType?: unknown }).contentType;
  return typeof type === "string" || type === null || type === undefined;
});

function isJSON(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth > 32) return false;
  if (Array.isArray(value)) return value.every((item) => isJSON(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  return Object.values(value).every((item) => isJSON(item, depth + 1));
}
