import { Option } from 'commander';
import { DomainError } from '../../core/errors';

export const expectedReleaseOption = new Option(
  '--expected-release <release>',
  'refuse if a different release is current by then',
).argParser(parseReleaseId);

export const filterOptions = [
  new Option('--compatible <compatible>', 'for this compatible'),
  new Option('--channel <channel>', 'on this channel'),
];

export interface FilterFlags {
  readonly compatible?: string;
  readonly channel?: string;
}

/** The query that narrows a list to a compatible or a channel. */
export function filterQuery({ compatible, channel }: FilterFlags): string {
  return new URLSearchParams({
    ...(compatible === undefined ? {} : { compatible }),
    ...(channel === undefined ? {} : { channel }),
  }).toString();
}

/** @throws DomainError `invalid-input` */
export function parseReleaseId(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new DomainError('invalid-input', `${JSON.stringify(id.slice(0, 80))} is not a release id`, {
    remedy: 'Use a number shown by `release list`.',
  });
}
