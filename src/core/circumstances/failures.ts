import type { Reason } from '../reasons/catalogue';
import type { NestedReason } from '../reasons/reason-words';
import { remedyOf, sentenceOf } from '../reasons/sentences';
import { usualRemedy } from '../reasons/usual-remedy';
import type { Circumstances } from '../reasons/why';

/** The sentence and the remedy of a refusal or failure that is itself a finding. Throws for an unknown one. */
export const failureCircumstances = {
  'failed-with': ({ reason }: { reason: NestedReason }) => sentenceOf(reason as Reason),
  'remedy-of-failure': ({ reason }: { reason: NestedReason }) => remedyOf(reason as Reason) ?? usualRemedy,
} satisfies Circumstances;
