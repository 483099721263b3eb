import { snakeCase } from '../../../base/text/field-names';
import type { AttentionJson } from '../../../contract/attention';
import { attentionSentence } from '../../../core/reasons/attention/sentences';
import type { AttentionItem } from '../../../services/overview/attention-item';

export function presentAttention(item: AttentionItem): AttentionJson {
  const { kind, count, compatible, channel, releaseId, bundleName, deviceId } = item;
  const { lastContactBefore: before, subjects, reason } = item;
  return {
    kind,
    count,
    ...(compatible === undefined ? {} : { compatible }),
    ...(channel === undefined ? {} : { channel }),
    ...(releaseId === undefined ? {} : { release_id: releaseId }),
    ...(bundleName === undefined ? {} : { bundle: bundleName }),
    ...(deviceId === undefined ? {} : { device: deviceId }),
    ...(before === undefined ? {} : { last_contact_before: before.toISOString() }),
    message: attentionSentence(reason),
    reason: reason.code,
    parameters: snakeCase(reason.parameters),
    ...(subjects === undefined ? {} : { subjects: [...subjects] }),
  };
}
