export type RoleType = "service" | "conversation";

/** A set of permissions that users or participants have. */
export interface Role {
  readonly sid: string;
  readonly friendlyName: string;
  readonly type: RoleType;
  readonly permissions: readonly string[];
}
