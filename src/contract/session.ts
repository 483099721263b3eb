import { z } from 'zod';
import { tokenScope } from './token';

export const signInBody = z.strictObject({ token: z.string().min(1).max(256) });

/** Who is asking, and what they may do. */
export const sessionJson = z.object({
  signed_in: z.boolean().describe('Whether other requests will be answered'),
  token_required: z.boolean(),
  token_exists: z.boolean().describe('Whether anyone can sign in: there is a token that is not revoked'),
  name: z.string().nullable().describe('Of the token; "local" where none is needed'),
  scopes: z.array(tokenScope).describe('What the token may do'),
  version: z.string(),
  command: z
    .string()
    .nullable()
    .describe(
      'How to run the command line in the folder in which the server was started; null where this would reveal a path to a remote client that is not signed in',
    ),
});

export type SessionJson = z.infer<typeof sessionJson>;
