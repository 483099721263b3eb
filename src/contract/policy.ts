import { z } from 'zod';
import { wordMaxLength } from '../core/device';
import { rangeMaxLength } from '../core/version-range';
import { nullableInstant, nullableText } from './answer-fields';
import { flag } from './request-fields';

/** A form sends text, with an empty field where nothing was typed. */
const number = z
  .union([z.number(), z.string().regex(/^(\d{1,9}(\.\d{1,3})?)?$/, 'not a number')])
  .optional()
  .transform((value) => (value === undefined || value === '' ? null : Number(value)));
const stepsMaxLength = 2_000;
/** The words of `parseSteps` in core, as one text or one by one. */
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
    'such as "5,25,100" or [5, 25, 100] (percent), "group:lab,10,100" with a label first, or "attribute:product=gateway,10,100" with an attribute that devices tell of themselves',
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

const nullableNumber = z.number().nullable();

export const policyJson = z.object({
  steps: z.string().describe('such as 5,25,100 or group:lab,attribute:product=gateway,100'),
  start_at: nullableInstant,
  promote_at_percent: nullableNumber.describe('null: people promote'),
  pause_at_failures: nullableNumber.describe('devices; one that fails again counts once'),
  pause_at_percent: nullableNumber,
  max_in_progress: nullableNumber,
  window: nullableText,
  allow_downgrade: z.boolean().describe('it also reaches devices that run a newer version'),
  from: nullableText.describe('the versions that it may start from; null: any'),
});

export type PolicyFields = z.infer<z.ZodObject<typeof policyFields>>;
export type PolicyJson = z.infer<typeof policyJson>;
