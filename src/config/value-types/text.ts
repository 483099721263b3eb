import { compatibleMaxLength, parseCompatible } from '../../core/bundle';
import { everyoneAtOnce } from '../../core/rollout';
import { formatSteps, parsePolicy, parseSteps } from '../../core/rollout-policy';
import { listOf } from './list';
import { plain, type ValueType } from './value-type';

/** Free text on one line. */
export const text: ValueType<string> = {
  name: 'text',
  accepts: 'one line of text without control characters',
  parse: (value) => (/\p{Cc}/u.test(value) ? undefined : value),
  format: plain,
};

/** A compatible, by the rule of the core. */
export const compatible: ValueType<string> = {
  name: 'compatible',
  accepts: `1 to ${compatibleMaxLength} printable characters, without leading or trailing spaces`,
  parse: (value) => {
    try {
      return parseCompatible(value);
    } catch {
      return undefined;
    }
  },
  format: plain,
};

/** Steps of a rollout, by the rule of the core. */
export const rolloutSteps: ValueType<string> = {
  name: 'steps',
  accepts:
    'increasing percentages up to 100, optionally after labels and attributes, such as 5,25,100, group:lab,10,100 or attribute:product=gateway,100; 100 means all devices at once',
  parse: (value) => {
    try {
      return formatSteps(parsePolicy({ ...everyoneAtOnce, steps: parseSteps(value) }).steps);
    } catch {
      return undefined;
    }
  },
  format: plain,
};

/** A file or folder; its existence is not checked here. */
export const filePath: ValueType<string> = {
  name: 'path',
  accepts: 'a path',
  parse: (value) => (value.includes('\0') ? undefined : value),
  format: plain,
};

/** A bearer token (RFC 6750 section 2.1 `b64token`, and nothing that could break a header line). */
export const token: ValueType<string> = {
  name: 'token',
  accepts: 'the token exactly as it was printed, without spaces',
  parse: (value) => (/^[\x21-\x7e]{1,1024}$/.test(value) ? value : undefined),
  format: plain,
};

/** A part of credentials: it must not break a header line. */
export const credential: ValueType<string> = {
  name: 'text',
  accepts: 'printable characters without spaces',
  parse: (value) => (/^[\x21-\x7e]{1,16384}$/.test(value) ? value : undefined),
  format: plain,
};

/** The region of an object store. */
export const region: ValueType<string> = {
  name: 'region',
  accepts: 'letters, digits and hyphens, such as eu-central-1',
  parse: (value) => (/^[A-Za-z0-9-]{1,64}$/.test(value) ? value : undefined),
  format: plain,
};

/** RAUC's own separator in `allowed-signer-cns`, since a CN may well have a comma. */
export const commonNames = listOf('names', ';', 'common names separated by semicolons', text.parse);
