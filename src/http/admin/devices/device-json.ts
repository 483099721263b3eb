import { z } from 'zod';
import type { SeenBoot } from '../../../core/board';
import type { Device } from '../../../core/device';
import type { Installation } from '../../../core/installation';
import { installationStates, isWritten } from '../../../core/installation-states';
import { offerRules } from '../../../core/offer-rules';
import { sentenceOf } from '../../../core/offer-sentences';
import { provingHeaders } from '../../../core/silent-poller';
import type { ExplainedOffer, Explanation } from '../../../services/offers/explain-offer';

const instant = z.iso.datetime();
const nullableInstant = instant.nullable();
const nullableText = z.string().nullable();

export const installationState = z.enum(installationStates);

export const installationJson = z.object({
  id: z.number().int(),
  device: z.string(),
  bundle: z.string(),
  sha256: z.string(),
  release_id: z
    .number()
    .int()
    .nullable()
    .describe('null for a pinned bundle, or one that the device took itself'),
  step: z.number().int().nullable().describe('of the rollout, from 1'),
  target_version: nullableText,
  from_version: nullableText.describe('what ran when it was offered, or began'),
  from_slot: nullableText,
  booted_version: nullableText.describe('what ran at the boot that decided how it ended'),
  booted_slot: nullableText,
  state: installationState,
  offered_at: instant,
  started_at: nullableInstant,
  installed_at: nullableInstant,
  ended_at: nullableInstant,
  updated_at: instant,
  transaction_id: nullableText,
  attempts: z.number().int(),
  polls: z.number().int(),
  bundle_size: z.number().int().describe('bytes'),
  bytes_sent: z.number().int(),
  bytes_saved: z
    .number()
    .int()
    .nullable()
    .describe('bytes that the device did not need, once it has installed'),
  progress: z.number().nullable().describe('percent: as reported, else of the bytes'),
  concluded: z
    .boolean()
    .describe('the state was concluded from silence; what the device does later may still show otherwise'),
  message: nullableText,
  cleared_at: nullableInstant,
});

const boardJson = z.object({
  serial: nullableText,
  boot_id: nullableText,
  machine_id: nullableText,
  address: nullableText,
  system_version: nullableText,
  first_seen_at: instant,
  last_seen_at: instant,
});

export const deviceJson = z.object({
  id: z.string(),
  created_at: instant,
  first_contact_at: nullableInstant,
  last_contact_at: nullableInstant,
  address: nullableText,
  protocol: nullableText,
  compatible: nullableText,
  variant: nullableText,
  serial: nullableText,
  machine_id: nullableText,
  boot_id: nullableText,
  system_version: nullableText,
  uptime_seconds: z.number().nullable(),
  attributes: z.record(z.string(), z.string()),
  channel: z.string(),
  labels: z.array(z.string()),
  notes: z.string(),
  admission: z.enum(['admitted', 'waiting']),
  hold: z.object({ reason: z.string(), by: z.string(), at: instant }).nullable(),
  pin: z.object({ bundle: z.string(), by: z.string(), at: instant }).nullable(),
  certificates: z.array(
    z.object({
      serial: z.string(),
      first_seen_at: instant,
      last_seen_at: instant,
      revoked_at: nullableInstant.describe('it is refused since then'),
    }),
  ),
  certificate_compatibles: z
    .array(z.string())
    .describe('what its certificate was bound to at the last contact; empty: nothing'),
  claimed_compatible: nullableText.describe('what it says to be against its certificate'),
  second_board: z
    .object({ found_at: instant, own: boardJson, other: boardJson })
    .nullable()
    .describe('two boards use its certificate: the one that is the device, and the other one'),
  poller_omits: z
    .array(z.enum(provingHeaders))
    .nullable()
    .describe("what RAUC's own poller left out last, as send-headers= names it; null without one"),
  installation: installationJson.nullable().describe('the latest'),
});

const answerJson = z.object({
  offered: nullableText.describe('the bundle that the device would be told of now'),
  reason: nullableText.describe('the code for nothing'),
  message: z.string(),
  rules: z.array(
    z.object({
      rule: z.enum(offerRules),
      passed: z.boolean().nullable().describe('null when it could not be asked'),
      message: z.string(),
    }),
  ),
});

export const explanationJson = z.object({
  device: z.string(),
  answers: z
    .array(answerJson.extend({ protocol: z.string().describe('such as manifest or polling') }))
    .describe('one for each protocol by which a device can ask what to install'),
  manifest: answerJson.describe('for scripts that read the manifest and download'),
  polling: answerJson.describe("for RAUC's own poller, which streams"),
});

/** @param revokedAt since when a certificate is refused; `null` for one that is not */
export function presentDevice(
  { device, installation }: { readonly device: Device; readonly installation: Installation | null },
  revokedAt: (serial: string) => Date | null,
): z.infer<typeof deviceJson> {
  const { facts, hold, pin, pollerOmits } = device;
  const { second } = device.boards;
  return {
    id: device.id,
    created_at: device.createdAt.toISOString(),
    first_contact_at: textOf(device.firstContactAt),
    last_contact_at: textOf(device.lastContactAt),
    address: device.address,
    protocol: device.protocol,
    compatible: facts.compatible,
    variant: facts.variant,
    serial: facts.serial,
    machine_id: facts.machineId,
    boot_id: facts.bootId,
    system_version: facts.systemVersion,
    uptime_seconds: facts.uptimeSeconds,
    attributes: { ...facts.attributes },
    channel: device.channel,
    labels: [...device.labels],
    notes: device.notes,
    admission: device.admission,
    hold: hold === null ? null : { reason: hold.reason, by: hold.by, at: hold.at.toISOString() },
    pin: pin === null ? null : { bundle: pin.bundleName, by: pin.by, at: pin.at.toISOString() },
    certificates: device.certificates.map(({ serial, firstSeenAt, lastSeenAt }) => ({
      serial,
      first_seen_at: firstSeenAt.toISOString(),
      last_seen_at: lastSeenAt.toISOString(),
      revoked_at: textOf(revokedAt(serial)),
    })),
    certificate_compatibles: [...device.boundCompatibles],
    claimed_compatible: device.claimedCompatible,
    second_board:
      second === null
        ? null
        : {
            found_at: second.foundAt.toISOString(),
            own: presentBoard(second.own),
            other: presentBoard(second.other),
          },
    poller_omits: pollerOmits === null ? null : [...pollerOmits],
    installation: installation === null ? null : presentInstallation(installation),
  };
}

function presentBoard(board: SeenBoot): z.infer<typeof boardJson> {
  return {
    serial: board.serial,
    boot_id: board.bootId,
    machine_id: board.machineId,
    address: board.address,
    system_version: board.systemVersion,
    first_seen_at: board.firstSeenAt.toISOString(),
    last_seen_at: board.lastSeenAt.toISOString(),
  };
}

export function presentInstallation(installation: Installation): z.infer<typeof installationJson> {
  const { bytesSent, bundleSizeBytes, step } = installation;
  return {
    id: installation.id,
    device: installation.deviceId,
    bundle: installation.bundleName,
    sha256: installation.sha256,
    release_id: installation.releaseId,
    step: step === null ? null : step + 1,
    target_version: installation.targetVersion,
    from_version: installation.fromVersion,
    from_slot: installation.fromSlot,
    booted_version: installation.bootedVersion,
    booted_slot: installation.bootedSlot,
    state: installation.state,
    offered_at: installation.offeredAt.toISOString(),
    started_at: textOf(installation.startedAt),
    installed_at: textOf(installation.installedAt),
    ended_at: textOf(installation.endedAt),
    updated_at: installation.updatedAt.toISOString(),
    transaction_id: installation.transactionId,
    attempts: installation.attempts,
    polls: installation.polls,
    bundle_size: bundleSizeBytes,
    bytes_sent: bytesSent,
    bytes_saved:
      hasInstalled(installation) && bytesSent > 0 ? Math.max(0, bundleSizeBytes - bytesSent) : null,
    progress: progressOf(installation),
    concluded: installation.isPresumed,
    message: installation.message,
    cleared_at: textOf(installation.clearedAt),
  };
}

export function presentExplanation({ deviceId, answers }: Explanation): z.infer<typeof explanationJson> {
  const answerIn = (name: string) => {
    const answer = answers.find(({ protocol }) => protocol === name);
    if (answer === undefined) throw new Error(`there is no protocol ${name}`);
    return presentAnswer(answer);
  };
  return {
    device: deviceId,
    answers: answers.map((answer) => ({ protocol: answer.protocol, ...presentAnswer(answer) })),
    manifest: answerIn('manifest'),
    polling: answerIn('polling'),
  };
}

function presentAnswer({ offer, chain }: ExplainedOffer): z.infer<typeof answerJson> {
  const rules = chain.map((result) => ({
    rule: result.rule,
    passed: result.passed,
    message: sentenceOf(result),
  }));
  if (offer.kind === 'nothing')
    return { offered: null, reason: offer.reason, message: sentenceOf(offer.because), rules };
  return { offered: offer.bundle.name, reason: null, message: `it gets ${offer.bundle.name}`, rules };
}

function hasInstalled({ state, installedAt }: Installation): boolean {
  return isWritten({ state }) || installedAt !== null;
}

/** An adaptive update is done before all bytes were sent. */
function progressOf({ state, progressPercent, bytesSent, bundleSizeBytes }: Installation): number | null {
  if (isWritten({ state })) return 100;
  if (progressPercent !== null) return progressPercent;
  if (bytesSent === 0 || bundleSizeBytes === 0) return null;
  return Math.min(99, Math.floor((bytesSent / bundleSizeBytes) * 100));
}

function textOf(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
