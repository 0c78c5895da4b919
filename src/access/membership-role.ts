import { z } from 'zod';
import { WORKSPACE_ROLES, type WorkspaceRole } from '#domain/roles.ts';

const schema = z.enum(WORKSPACE_ROLES);

/** The role as a membership's row keeps it. @throws ZodError for what is no role: better no entry than a guessed one. */
export function parseWorkspaceRole(role: string): WorkspaceRole {
  return schema.parse(role);
}
