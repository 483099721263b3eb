import { camelCase } from '../base/text/field-names';
import type { InstallationJson } from '../contract/installation';
import type { RolloutProgressJson } from '../contract/rollout';
import type { WhyJson } from '../contract/why';
import { knownSentence } from '../core/circumstances/sentences';
import type { ReasonParameters } from '../core/reasons/reason-words';

/**
 * The page says a reason of the server in its own words. What people and devices wrote stays as it is, and so does the sentence of a newer
 * server.
 */
export function whyWords<Text extends string | null>(
  why: WhyJson & { readonly reason: Text },
): Text | string {
  return wordsOf(why.reason, why.reason_code, why.reason_parameters);
}

/** The same for the message of an installation. */
export function messageWords({ message, reason, parameters }: InstallationJson): string | null {
  return wordsOf(message, reason, parameters);
}

/** The same for what a rollout waits for. */
export function nextWords(progress: RolloutProgressJson): string {
  return wordsOf(progress.next, progress.next_code, progress.next_parameters);
}

function wordsOf<Text>(
  said: Text,
  code: string | null,
  parameters: WhyJson['reason_parameters'],
): Text | string {
  if (code === null) return said;
  return knownSentence({ code, parameters: camelCase(parameters ?? {}) as ReasonParameters }) ?? said;
}
