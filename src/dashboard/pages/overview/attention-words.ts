import { camelCase } from '../../../base/text/field-names';
import type { AttentionJson } from '../../../contract/attention';
import { attentionSentence, isAttentionCode } from '../../../core/reasons/attention/sentences';
import type { ReasonParameters } from '../../../core/reasons/reason-words';

/**
 * A known reason gets the page's own words; for an unknown one, from a newer server, the page shows the server's
 * sentence.
 */
export function attentionWords({ reason: code, parameters, message }: AttentionJson): string {
  if (!isAttentionCode(code)) return message;
  try {
    return attentionSentence({ code, parameters: camelCase(parameters) as ReasonParameters });
  } catch {
    return message; // a server that was started since has other parameters
  }
}
