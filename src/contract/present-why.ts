import { snakeCase } from '../base/text/field-names';
import { sayAny, sayWhy } from '../core/circumstances/sentences';
import { type FolderFinding, isFolderGood } from '../core/certificate';
import type { Finding } from '../core/inspection';
import type { Why } from '../core/reasons/why';
import type { VerificationJson } from './certificate';
import type { FindingJson } from './finding';
import type { LastErrorJson, RemedyJson, WhyJson } from './why';

/** A reason as a sentence, and as a code with parameters if the server found it. */
export function presentWhy(why: Why | null): WhyJson & { readonly reason: string | null } {
  return { reason: sayAny(why), ...codeOf(why) };
}

/** The same for what to do about it. */
export function presentRemedy(remedy: Why): RemedyJson & { readonly remedy: string } {
  const { reason_code: code, reason_parameters: parameters } = codeOf(remedy);
  return { remedy: sayWhy(remedy), remedy_code: code, remedy_parameters: parameters };
}

/** The same for why a webhook's last attempt failed. */
export function presentLastError(why: Why | null): LastErrorJson & { readonly last_error: string | null } {
  const { reason_code: code, reason_parameters: parameters } = codeOf(why);
  return { last_error: sayAny(why), last_error_code: code, last_error_parameters: parameters };
}

/** The same for a finding in a bundle, or a warning about a certificate. */
export function presentFinding({ code, message }: Finding): FindingJson {
  return { code, message: sayWhy(message), ...codeOf(message) };
}

/** The findings of a check of the certificates folder. */
export function presentVerification(findings: readonly FolderFinding[]): VerificationJson {
  return {
    ok: isFolderGood(findings),
    findings: findings.map(({ severity, path, message, remedy }) => ({
      ...{ severity, path, message: sayWhy(message), ...codeOf(message) },
      remedy: sayWhy(remedy),
    })),
  };
}

function codeOf(why: Why | null): WhyJson {
  const coded = why === null || typeof why === 'string' ? null : why;
  return {
    reason_code: coded?.code ?? null,
    reason_parameters: coded === null ? null : snakeCase(coded.parameters),
  };
}
