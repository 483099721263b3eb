import { z } from 'zod';
import { count } from './answer-fields';

/** What `move --json` prints. */
export const moveJson = z.object({
  tables: count,
  rows: count.describe('Rows of all tables'),
  bundles: count,
  copied_bundles: count.describe('Bundles that the target did not have yet'),
  copied_bytes: count,
});

export type MoveJson = z.infer<typeof moveJson>;
