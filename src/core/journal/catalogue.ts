import type { ReasonParameters } from '../reasons/reason-words';
import { accessLines } from './access';
import { attentionLines } from './attention';
import { bundleLines } from './bundles';
import { certificateLines } from './certificates';
import { deviceLines } from './devices';
import { installationLines } from './installations';
import { releaseLines } from './releases';
import { rolloutLines } from './rollouts';
import { webhookLines } from './webhooks';

/**
 * Every line of the journal, in English. A translation is another table with the same keys. Codes and their parameters are
 * stored: a later version may add parameters to a code, but never changes its meaning.
 */
export const lines = {
  ...accessLines,
  ...attentionLines,
  ...bundleLines,
  ...certificateLines,
  ...deviceLines,
  ...installationLines,
  ...releaseLines,
  ...rolloutLines,
  ...webhookLines,
};

export type LineCode = keyof typeof lines;

/** The parameters of a line's sentence. */
export type LineParameters<Code extends LineCode> = Parameters<(typeof lines)[Code]>[0];

/** A line of the journal as it is sent and stored; its sentence is made at the edge. */
export interface EventReason<Code extends string = string> {
  readonly code: Code;
  readonly parameters: ReasonParameters;
}

/** @param parameters what the line's sentence needs; its type follows from the code */
export function saying<Code extends LineCode>(
  code: Code,
  parameters: LineParameters<Code>,
): EventReason<LineCode> {
  return { code, parameters: { ...parameters } };
}
