import { z } from 'zod';
import { tokenScope } from './token';

export const signInBody = z.strictObject({ token: z.string().min(1).max(256) });

/** Who is asking, and what they may do. */
export const sessionJson = z.object({
  signed_in: z.boolean().describe('whether the other requests are answered'),
  token_required: z.boolean(),
  token_exists: z.boolean().describe('whether one could sign in: a token was made and is not revoked'),
  name: z.string().nullable().describe('of the token; "local" where none is needed'),
  scopes: z.array(tokenScope).describe('what may be done'),
  version: z.string(),
  command: z
    .string()
    .nullable()
    .describe(
      'how the command line is called in the folder that the server was started in; null where that tells a path to somebody elsewhere who is not signed in',
    ),
});

export type SessionJson = z.infer<typeof sessionJson>;
