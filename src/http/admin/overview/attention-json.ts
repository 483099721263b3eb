import { snakeCase } from '../../../base/text/field-names';
import type { AttentionJson } from '../../../contract/attention';
import type { AttentionKind } from '../../../core/attention-kind';
import { attentionSentence } from '../../../core/reasons/attention/sentences';
import type { AttentionItem } from '../../../services/overview/attention-item';
import { defined } from '../kernel/service-request';

/** The filter that lists all devices that an item is about. */
const filters: Readonly<Partial<Record<AttentionKind, string>>> = {
  'second-board': 'second_board',
  'other-compatible': 'other_compatible',
  'silent-poller': 'silent_poller',
  waiting: 'waiting',
  held: 'held',
};

export function presentAttention(item: AttentionItem): AttentionJson {
  const { kind, count, compatible, channel, releaseId, bundleName, deviceId } = item;
  const { devices, renewed, revoked, lastContactBefore: before, subjects, reason } = item;
  const list = listOf(item);
  return {
    kind,
    count,
    ...(compatible === undefined ? {} : { compatible }),
    ...(channel === undefined ? {} : { channel }),
    ...(releaseId === undefined ? {} : { release_id: releaseId }),
    ...(bundleName === undefined ? {} : { bundle: bundleName }),
    ...(deviceId === undefined ? {} : { device: deviceId }),
    ...(devices === undefined ? {} : { devices: [...devices] }),
    ...(renewed === undefined ? {} : { renewed: [...renewed] }),
    ...(revoked === undefined ? {} : { revoked: [...revoked] }),
    ...(list === null ? {} : { list }),
    ...(before === undefined ? {} : { last_contact_before: before.toISOString() }),
    message: attentionSentence(reason),
    reason: reason.code,
    parameters: snakeCase(reason.parameters),
    ...(subjects === undefined ? {} : { subjects: [...subjects] }),
  };
}

/** Where the API lists everything that an item is about; `null` if that is a single thing, or in no list. */
function listOf(item: AttentionItem): string | null {
  const { kind, compatible, channel, lastContactBefore } = item;
  const devices = (query: Readonly<Record<string, string>>) =>
    `/api/devices?${new URLSearchParams(query).toString()}`;
  switch (kind) {
    case 'failed':
    case 'rolled-back':
    case 'rejected':
    case 'lost':
    case 'interrupted':
    case 'stopped':
      return devices({ ...defined({ compatible, channel }), state: kind });
    case 'silent': {
      const before = lastContactBefore?.toISOString() ?? '';
      return devices({ last_contact_before: before, held: 'false', sort: 'last_contact', order: 'desc' });
    }
    case 'certificate-expiring':
      return '/api/certificates?due=expiring&sort=expires';
    case 'old-certificate':
      return '/api/certificates?due=old';
    default: {
      const filter = filters[kind];
      return filter === undefined ? null : devices({ [filter]: 'true' });
    }
  }
}
