import type { z } from 'zod';
import type { Read } from '../../contract/reader';
import { historyLineJson } from '../../contract/release-history';

const wholeResult = historyLineJson.shape.result.unwrap();

/** An older server says less about the result of a release. */
const shownResult = wholeResult
  .pick({ state: true, step: true, steps: true, devices: true, proven: true, failed: true, reason: true })
  .extend(
    wholeResult
      .pick({
        outcome: true,
        percent: true,
        total: true,
        completed_at: true,
        duration_seconds: true,
        failures: true,
      })
      .partial().shape,
  );

/** What the commands read from a line of the history. */
export const shownLine = historyLineJson
  .omit({ forced: true })
  .partial({ ended_by: true })
  .extend({ result: shownResult.nullable() });

export type ShownLine = Read<z.infer<typeof shownLine>>;
