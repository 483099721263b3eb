import { camelCase } from '../../../base/text/field-names';
import type { AttentionJson } from '../../../contract/attention';
import { attentionSentence, isAttentionCode } from '../../../core/reasons/attention/sentences';
import type { ReasonParameters } from '../../../core/reasons/reason-words';

/** The page says a reason that it knows in its own words; of a server that is newer it tells the sentence. */
export function attentionWords({ reason: code, parameters, message }: AttentionJson): string {
  if (!isAttentionCode(code)) return message;
  try {
    return attentionSentence({ code, parameters: camelCase(parameters) as ReasonParameters });
  } catch {
    return message; // the server that was started since knows other parameters
  }
}
