import type { Reasons } from './reason-words';

/** @param wrong what is wrong with the quoted part */
function window(wrong: (part: string) => string) {
  return {
    code: 'invalid-input',
    says: ({ text, part }: { text: string; part: string }) =>
      `${JSON.stringify(text)} is not a window: ${wrong(JSON.stringify(part))}`,
    remedy: 'Write it as "sat,sun 01:00-05:00 Europe/Berlin", or "daily 22:00-04:00" for UTC.',
  } as const;
}

/** Why a text is not a valid maintenance window. */
export const windowReasons = {
  'window-without-times': window(() => 'the times are missing'),
  'window-times-not-two': window((part) => `${part} is not two times with a hyphen between them`),
  'window-time-wrong': window((part) => `${part} is not a time from 00:00 to 23:59`),
  'window-zone-unknown': window((part) => `${part} is not a time zone`),
  'window-word-too-many': window((part) => `${part} is one word too many`),
  'window-day-unknown': window(
    (part) => `${part} is not a day: use mon to sun, a range such as mon-fri, or daily`,
  ),
} satisfies Reasons;

export type WindowReason = keyof typeof windowReasons;
