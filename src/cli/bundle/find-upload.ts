import { z } from 'zod';
import { bundleJson } from '../../contract/bundle';
import { releaseWithRolloutJson } from '../../contract/release';
import { rolloutJson } from '../../contract/rollout';
import { DomainError } from '../../core/errors';
import { lookPauses } from '../../core/lost-answer';
import { defaultChannel } from '../../core/release';
import type { AdminClient } from '../kernel/admin-client';
import type { LostAnswer } from './lost-answer';
import { parseAnswer } from '../kernel/server-answer';
import { ServerRefusal } from '../kernel/server-refusal';

export interface LostUpload {
  readonly name: string;
  /** The text fields that were sent with it. */
  readonly fields: Readonly<Record<string, string>>;
  readonly lost: LostAnswer;
  /** The latest release before the upload, from {@link latestRelease}. */
  readonly releaseBefore: number;
}

/**
 * How long one look may take, in milliseconds: a server that is away does not answer at all; otherwise a look is quick.
 */
const lookLimitMs = 20_000;

/** Everything here goes into the answer that replaces the lost one. */
const foundBundle = bundleJson.pick({ sha256: true, compatible: true }).loose();

/** The fields of a release that go into it, too. */
const foundReleases = z.object({
  releases: z.array(
    releaseWithRolloutJson
      .pick({ id: true, bundle: true })
      .extend({ rollout: rolloutJson.pick({ state: true }).loose() })
      .loose(),
  ),
});

/** The highest release number among the current releases; a later release has a higher one. */
export async function latestRelease(client: AdminClient): Promise<number> {
  const { releases } = parseAnswer(foundReleases, await client.get('/api/releases'));
  return Math.max(0, ...releases.map(({ id }) => id));
}

/**
 * Checks repeatedly whether the server has an upload whose answer was lost, and whether it is released as requested.
 * @returns what the server would have answered, as far as it can still be known
 * @throws DomainError `unavailable` when it never appears, with the failure that replaced the answer; `conflict` when
 * the name has other bytes
 */
export async function findUpload(
  client: AdminClient,
  upload: LostUpload,
  wait: (ms: number) => Promise<void>,
): Promise<object> {
  let isStored = false;
  for (const pauseMs of [0, ...lookPauses(upload.lost.sent.sizeBytes)]) {
    if (pauseMs > 0) await wait(pauseMs);
    const bundle = await orNothing(upload, () => findBundle(client, upload));
    if (bundle === undefined) continue;
    isStored = true;
    const { activate } = upload.fields;
    const release =
      activate === undefined ? null : await orNothing(upload, () => findRelease(client, upload, bundle));
    if (release !== undefined) {
      return { bundle, created: null, release, reach: null, warnings: [], answer_lost: true };
    }
  }
  throw isStored ? notReleased(upload) : notStored(upload);
}

async function findBundle(client: AdminClient, { name, lost }: LostUpload) {
  const path = `/api/bundles/${encodeURIComponent(name)}`;
  const bundle = parseAnswer(foundBundle, await client.get(path, lookLimitMs));
  if (bundle.sha256 === lost.sent.sha256) return bundle;
  throw new DomainError('conflict', `the server has a different bundle named ${name}`, {
    remedy: 'Give the bundle another name: the content under a name never changes.',
  });
}

async function findRelease(
  client: AdminClient,
  { name, fields, releaseBefore }: LostUpload,
  bundle: z.infer<typeof foundBundle>,
): Promise<object | undefined> {
  const where = new URLSearchParams({
    compatible: fields['compatible'] ?? bundle.compatible ?? '',
    channel: fields['channel'] ?? defaultChannel,
  });
  const answer = await client.get(`/api/releases?${where.toString()}`, lookLimitMs);
  const { releases } = parseAnswer(foundReleases, answer);
  return releases.find(
    (release) =>
      release.bundle === name &&
      (release.id > releaseBefore || (!hasPolicy(fields) && release.rollout.state !== 'aborted')),
  );
}

/** Whether the upload makes its own release even when the bundle is current already. */
export function hasPolicy(fields: Readonly<Record<string, string>>): boolean {
  const others = new Set(['activate', 'compatible', 'force', 'channel']);
  return Object.keys(fields).some((field) => !others.has(field));
}

/** Also `undefined` while the server is away: it may start again. Other refusals say nothing about the upload. */
async function orNothing<T>({ lost }: LostUpload, look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    const isAway = error instanceof DomainError && error.code === 'unavailable';
    const isMissing = error instanceof ServerRefusal && error.code === 'not-found';
    if (isAway || isMissing) return undefined;
    throw error instanceof ServerRefusal ? lost.failure : error;
  }
}

function notStored({ name, lost: { failure } }: LostUpload): DomainError {
  return new DomainError(failure.code, `${failure.message}; the server does not have ${name}`, {
    cause: failure,
    remedy: failure.remedy === undefined ? 'Upload it again.' : `${failure.remedy} Then upload it again.`,
    ...(failure.details === undefined ? {} : { details: failure.details }),
  });
}

function notReleased({ name, lost: { failure } }: LostUpload): DomainError {
  return new DomainError('unavailable', `${failure.message}; the server has ${name} but did not release it`, {
    cause: failure,
    remedy: `Release it: rauc-simple-server bundle activate '${name}', with the same options.`,
    details: { stored: true },
  });
}
