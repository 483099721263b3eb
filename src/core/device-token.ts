import { DomainError } from './errors';

/** Whose token it is: one device's, or the one that stands for all devices (hawkBit's gateway token). */
export type TokenHolder =
  | { readonly kind: 'device'; readonly id: string }
  | {
      readonly kind: 'gateway';
    };

export const gateway: TokenHolder = { kind: 'gateway' };

/** The holder as one word, under which its token is stored and sealed. */
export function holderKey(holder: TokenHolder): string {
  return holder.kind === 'gateway' ? 'gateway' : `device:${holder.id}`;
}

/** What people call the holder. */
export function holderName(holder: TokenHolder): string {
  return holder.kind === 'gateway' ? 'the gateway' : holder.id;
}

export const tokenMinLength = 16;
export const tokenMaxLength = 256;
/** What a header carries unchanged: printable ASCII without spaces. */
export const tokenPattern = /^[\x21-\x7e]+$/;

/** Checks an existing token, such as one from hawkBit. @throws DomainError `invalid-input` */
export function parseDeviceToken(token: string): string {
  if (token.length < tokenMinLength || token.length > tokenMaxLength || !tokenPattern.test(token))
    throw DomainError.of('not-a-device-token', { minLength: tokenMinLength, maxLength: tokenMaxLength });
  return token;
}

/** How long a token stays valid beside its replacement by default, in milliseconds: a week. */
export const defaultOverlapMs = 7 * 86_400_000;
/** A year, in milliseconds. */
export const maxOverlapMs = 365 * 86_400_000;

export type TokenChange = 'created' | 'rotated' | 'removed';
