import { z } from 'zod';
import { offerRules } from '../core/offer-rules';
import { nullableText } from './answer-fields';

const parameters = z.record(z.string(), z.unknown());

const explainedOfferJson = z.object({
  offered: nullableText.describe('The bundle that the device would be offered now'),
  reason: nullableText.describe('A code that says why nothing is offered'),
  parameters: parameters.nullable().describe('Parameters of the sentence that `reason` stands for'),
  message: z.string(),
  rules: z.array(
    z.object({
      rule: z.enum(offerRules),
      passed: z.boolean().nullable().describe('Null if the rule was not evaluated'),
      message: z.string(),
      reason: z.string().describe('The message as a code; more may be added'),
      parameters: parameters.describe('Parameters of the sentence that `reason` stands for'),
    }),
  ),
});

/** Why a device gets what it gets, or nothing. */
export const explanationJson = z.object({
  device: z.string(),
  answers: z
    .array(explainedOfferJson.extend({ protocol: z.string().describe('Such as manifest or polling') }))
    .describe('One for each protocol by which a device can ask what to install'),
  manifest: explainedOfferJson.describe('For scripts that read the manifest and download'),
  polling: explainedOfferJson.describe("For RAUC's own poller, which streams"),
});

export type ExplainedOfferJson = z.infer<typeof explainedOfferJson>;
export type ExplanationJson = z.infer<typeof explanationJson>;
