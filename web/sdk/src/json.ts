/** A JSON value, as attributes are. */
export type JSONValue = null | string | number | boolean | JSONObject | JSONArray;
/** A JSON object. */
export type JSONObject = { [x: string]: JSONValue };
/** A JSON array. */
export type JSONArray = JSONValue[];

/** A copy that shares nothing with the original, for values that leave or enter the library. */
export function copyJSON(value: JSONValue): JSONValue {
  if (Array.isArray(value)) return value.map(copyJSON);
  if (value === null || typeof value !== "object") return value;
  const copy: JSONObject = {};
  for (const name of Object.keys(value)) {
    // defineProperty, since assigning to __proto__ would change the prototype.
    Object.defineProperty(copy, name, {
      value: copyJSON(value[name] as JSONValue),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return copy;
}

/** Whether two values are the same JSON, whatever the order of their members. */
export function sameJSON(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(b, name) && sameJSON((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
  );
}
