import type { IssueOptions } from '../../core/certificate';
import type { RequestOf } from '../../contract/request';
import type { issueBody } from '../../contract/certificate';
import { pemText } from '../kernel/pem-text';

/** What the API takes for a new certificate, except the device that it is for. */
type IssueForm = Omit<RequestOf<typeof issueBody>, 'id' | 'compatibles'>;

/** @param csr PEM or DER */
export function remoteIssueRequest({ days, key, force }: IssueOptions, csr: Buffer | undefined): IssueForm {
  return {
    ...(days === undefined ? {} : { days }),
    ...(key === undefined ? {} : { key }),
    ...(force === undefined ? {} : { force }),
    ...(csr === undefined ? {} : { csr: pemText(csr, 'CERTIFICATE REQUEST') }),
  };
}
