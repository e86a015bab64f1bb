import type { WireRole } from "../wire/objects.js";

export type RoleType = "service" | "conversation";

/** A set of permissions that users or participants have. */
export interface Role {
  readonly sid: string;
  readonly friendlyName: string;
  readonly type: RoleType;
  readonly permissions: readonly string[];
}

/** A role as the server tells it. */
export function roleOf({ sid, friendly_name, type, permissions }: WireRole): Role {
  return { sid, friendlyName: friendly_name, type, permissions };
}
