import { z } from 'zod';
import { parseWindow } from '../../../core/maintenance-window';
import { everyoneAtOnce, type RolloutPolicy } from '../../../core/rollout';
import { parsePolicy, parseSteps } from '../../../core/rollout-policy';
import { wordMaxLength } from '../../../core/device';
import { parseVersionRange, rangeMaxLength } from '../../../core/version-range';
import { flag } from '../../../contract/request-fields';

/** A form sends text, and an empty field where a person typed nothing. */
const number = z
  .union([z.number(), z.string().regex(/^(\d{1,9}(\.\d{1,3})?)?$/, 'not a number')])
  .optional()
  .transform((value) => (value === undefined || value === '' ? null : Number(value)));
const stepsMaxLength = 2_000;
/** The words of {@link parseSteps}, as one text or one by one. */
const stepsField = z
  .union([
    z.string().max(stepsMaxLength),
    z.array(z.union([z.number(), z.string().max(stepsMaxLength)])).max(100),
  ])
  .optional()
  .transform((value) => (Array.isArray(value) ? value.join(',') : value === '' ? undefined : value));
const text = z
  .string()
  .max(200)
  .optional()
  .transform((value) => (value === '' ? undefined : value));

/** How a release reaches its devices, as fields of JSON or of a form; all left out means everyone at once. */
export const policyFields = {
  steps: stepsField.describe(
    'such as "5,25,100" or [5, 25, 100] (percent), or "group:lab,10,100" with a label first',
  ),
  start_at: z
    .union([z.iso.datetime({ offset: true }), z.literal('')])
    .optional()
    .describe('nothing is offered before'),
  promote_at_percent: number.describe('go to the next step when so many percent of the step are proven'),
  pause_at_failures: number.describe(
    'pause when so many devices failed or rolled back in a step; a device counts once, however often',
  ),
  pause_at_percent: number.describe(
    'pause when so many percent of the devices of a step failed or rolled back',
  ),
  max_in_progress: number.describe('not more installations at a time'),
  window: text.describe('when installations may begin, such as "sat,sun 01:00-05:00 Europe/Berlin"'),
  allow_downgrade: flag.describe('it also reaches devices that run a newer version'),
  from: z
    .string()
    .max(rangeMaxLength)
    .optional()
    .transform((value) => (value === undefined || value.trim() === '' ? undefined : value))
    .describe('the versions that it may start from, such as ">=10.4 <12"; unknown versions do not match'),
};

/** The channel of a release; `stable` when left out. */
export const channelField = z
  .string()
  .max(wordMaxLength)
  .optional()
  .transform((value) => (value === '' ? undefined : value));

type PolicyFields = z.infer<z.ZodObject<typeof policyFields>>;

/**
 * @returns `undefined` when nothing was said
 * @throws DomainError `invalid-input`
 */
export function readPolicy(fields: PolicyFields): RolloutPolicy | undefined {
  const { steps, start_at: startAt, window, from } = fields;
  const policy: RolloutPolicy = {
    steps: steps === undefined ? everyoneAtOnce.steps : parseSteps(steps),
    startAt: startAt === undefined || startAt === '' ? null : new Date(startAt),
    promoteAtPercent: fields.promote_at_percent,
    pauseAtFailures: fields.pause_at_failures,
    pauseAtPercent: fields.pause_at_percent,
    maxInProgress: fields.max_in_progress,
    window: window === undefined ? null : parseWindow(window),
    allowDowngrade: fields.allow_downgrade,
    from: from === undefined ? null : parseVersionRange(from),
  };
  const isSaid =
    steps !== undefined ||
    policy.allowDowngrade ||
    Object.entries(policy).some(
      ([key, value]) => key !== 'steps' && key !== 'allowDowngrade' && value !== null,
    );
  return isSaid ? parsePolicy(policy) : undefined;
}
