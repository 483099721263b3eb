import { counted } from '../../base/text/counted';
import type { Circumstances } from '../reasons/why';

/** What a rollout waits for. */
export const nextStepCircumstances = {
  'next-is-nothing': () => 'it is no longer offered',
  'next-is-resumed': () => 'it waits until someone resumes it',
  'next-is-promoted': () => 'you promote it',
  'next-has-no-device': () =>
    'no known device is in this step, so it does not advance automatically: promote it yourself',
  'next-at-share': ({ proven, devices, percent }: { proven: number; devices: number; percent: number }) =>
    `proven on ${proven} of ${counted(devices, 'device')} of this step: it advances at ${percent} %`,
  /** `later` devices are not proven. */
  'next-is-complete': ({ later }: { later: number }) =>
    later <= 0 ? 'it is complete' : `it is complete; ${counted(later, 'device')} came later or changed since`,
  /** `open` devices are not proven, `silent` ones among them. */
  'next-is-last': ({ open, silent }: { open: number; silent: number }) => {
    if (open <= 0) return 'it is in its last step';
    const quiet = silent === 0 ? '' : `, ${silent} of them ${silent === 1 ? 'is' : 'are'} silent`;
    return `it is in its last step and waits for ${counted(open, 'device')}${quiet}`;
  },
} satisfies Circumstances;
