import { camelCase } from '../base/text/field-names';
import type { EventJson } from '../contract/event';
import type { FindingJson } from '../contract/finding';
import type { InstallationJson } from '../contract/installation';
import type { RolloutProgressJson } from '../contract/rollout';
import type { LastErrorJson, WhyJson } from '../contract/why';
import { knownSentence } from '../core/circumstances/sentences';
import type { ReasonParameters } from '../core/reasons/reason-words';
import { onItsOwn } from './on-its-own';

/**
 * A reason that the server gave, in the page's own words. Text by people and devices stays unchanged, and so does the sentence of a newer
 * server.
 */
export function whyWords<Text extends string | null>(
  why: WhyJson & { readonly reason: Text },
): Text | string {
  return wordsOf(why.reason, why.reason_code, why.reason_parameters);
}

/** The same for the reason that a webhook's last attempt failed. */
export function lastErrorWords({
  last_error: said,
  last_error_code: code,
  last_error_parameters: parameters,
}: LastErrorJson & { readonly last_error: string | null }): string | null {
  return wordsOf(said, code, parameters);
}

/** The same for a finding about a bundle. */
export function findingWords({
  message,
  reason_code: code,
  reason_parameters: parameters,
}: FindingJson): string {
  return wordsOf(message, code, parameters);
}

/** The same for the message of an installation, as a sentence on its own. */
export function messageWords({ message, reason, parameters }: InstallationJson): string | null {
  const said = wordsOf(message, reason, parameters);
  if (said === null || reason === null) return said;
  return onItsOwn(said, camelCase(parameters ?? {}) as ReasonParameters);
}

/** The same for what a rollout waits for; `null` if it waits for nothing, as its state then says. */
export function nextWords(progress: RolloutProgressJson): string | null {
  const { next_code: code, next_parameters: parameters } = progress;
  if (code === 'next-is-nothing' || (code === 'next-is-complete' && Number(parameters['later']) <= 0))
    return null;
  return wordsOf(progress.next, progress.next_code, progress.next_parameters);
}

/** The facts of an event, with the page's own words for a reason of the server and for what to do. */
export function factWords(facts: EventJson['after']): Readonly<Record<string, unknown>> {
  return ['reason', 'remedy'].reduce(inOwnWords, facts ?? {});
}

function inOwnWords(
  facts: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> {
  const { [`${name}_code`]: code, [`${name}_parameters`]: parameters, ...others } = facts;
  if (typeof code !== 'string') return others;
  return { ...others, [name]: wordsOf(others[name], code, parameters as WhyJson['reason_parameters']) };
}

function wordsOf<Text>(
  said: Text,
  code: string | null,
  parameters: WhyJson['reason_parameters'],
): Text | string {
  if (code === null) return said;
  return knownSentence({ code, parameters: camelCase(parameters ?? {}) as ReasonParameters }) ?? said;
}
