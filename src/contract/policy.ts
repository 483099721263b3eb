import { z } from 'zod';
import { wordMaxLength } from '../core/device';
import { rangeMaxLength } from '../core/version-range';
import { nullableInstant, nullableText } from './answer-fields';
import { flag } from './request-fields';

/** A form sends text; a field left empty is an empty text. */
const number = z
  .union([z.number(), z.string().regex(/^(\d{1,9}(\.\d{1,3})?)?$/, 'not a number')])
  .optional()
  .transform((value) => (value === undefined || value === '' ? null : Number(value)));
const stepsMaxLength = 2_000;
/** Steps as `parseSteps` in core reads them, as one text or as a list. */
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

/** How a release reaches its devices, as fields of JSON or of a form; without any of them, everyone at once. */
export const policyFields = {
  steps: stepsField.describe(
    'Such as "5,25,100" or [5, 25, 100] (percent), "group:lab,10,100" with a label first, or "attribute:product=gateway,10,100" with an attribute that devices report',
  ),
  start_at: z
    .union([z.iso.datetime({ offset: true }), z.literal('')])
    .optional()
    .describe('Nothing is offered before this time'),
  promote_at_percent: number.describe('Go to the next step when this percentage of the step is proven'),
  pause_at_failures: number.describe(
    'Pause when this many devices have failed or rolled back in a step; each device counts once',
  ),
  pause_at_percent: number.describe(
    "Pause when this percentage of a step's devices has failed or rolled back",
  ),
  max_in_progress: number.describe('The maximum number of installations at a time'),
  window: text.describe('When installations may begin, such as "sat,sun 01:00-05:00 Europe/Berlin"'),
  allow_downgrade: flag.describe('Also reach devices that run a newer version'),
  from: z
    .string()
    .max(rangeMaxLength)
    .optional()
    .transform((value) => (value === undefined || value.trim() === '' ? undefined : value))
    .describe(
      'The versions that it can be installed on, such as ">=10.4 <12"; unknown versions do not match',
    ),
};

/** The channel of a release; default: `stable`. */
export const channelField = z
  .string()
  .max(wordMaxLength)
  .optional()
  .transform((value) => (value === '' ? undefined : value));

const nullableNumber = z.number().nullable();

export const policyJson = z.object({
  steps: z.string().describe('Such as 5,25,100 or group:lab,attribute:product=gateway,100'),
  start_at: nullableInstant,
  promote_at_percent: nullableNumber.describe('Null if people promote each step'),
  pause_at_failures: nullableNumber.describe('Devices; one that fails again counts once'),
  pause_at_percent: nullableNumber,
  max_in_progress: nullableNumber,
  window: nullableText,
  allow_downgrade: z.boolean().describe('Also reach devices that run a newer version'),
  from: nullableText.describe('The versions that it can be installed on; null: any'),
});

export type PolicyFields = z.infer<z.ZodObject<typeof policyFields>>;
export type PolicyJson = z.infer<typeof policyJson>;
