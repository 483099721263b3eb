import { z } from 'zod';
import { offerRules } from '../core/offer-rules';
import { nullableText } from './answer-fields';

const parameters = z.record(z.string(), z.unknown());

const explainedOfferJson = z.object({
  offered: nullableText.describe('the bundle that the device would be told of now'),
  reason: nullableText.describe('the code for nothing'),
  parameters: parameters.nullable().describe('what the sentence of `reason` needs'),
  message: z.string(),
  rules: z.array(
    z.object({
      rule: z.enum(offerRules),
      passed: z.boolean().nullable().describe('null when it could not be asked'),
      message: z.string(),
      reason: z.string().describe('the message as a code; more may be added'),
      parameters: parameters.describe('what the sentence of `reason` needs'),
    }),
  ),
});

/** Why a device gets what it gets, or nothing. */
export const explanationJson = z.object({
  device: z.string(),
  answers: z
    .array(explainedOfferJson.extend({ protocol: z.string().describe('such as manifest or polling') }))
    .describe('one for each protocol by which a device can ask what to install'),
  manifest: explainedOfferJson.describe('for scripts that read the manifest and download'),
  polling: explainedOfferJson.describe("for RAUC's own poller, which streams"),
});

export type ExplainedOfferJson = z.infer<typeof explainedOfferJson>;
export type ExplanationJson = z.infer<typeof explanationJson>;
