import type { Readable } from 'node:stream';
import { type Bundle, parseBundleName, parseCompatible } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import type { NewEvent } from '../../core/event';
import { notYetChecked, type StoredImageCheck } from '../../core/image-check';
import { opaqueImageCheck, opaqueInspection, parseStoredName } from '../../core/opaque';
import type { Inspection } from '../../core/inspection';
import { saying } from '../../core/journal/catalogue';
import type { RolloutPolicy } from '../../core/rollout';
import { parsePolicy } from '../../core/rollout-policy';
import { defaultChannel, type Release } from '../../core/release';
import type { InspectBundle } from '../../ports/bundle-inspection';
import type { BundleStorage, StagedBundle, StageOptions } from '../../ports/bundle-storage';
import { acceptBundle } from './accept-bundle';
import { type Catalog, isDecidedAgain } from './catalog';
import type { Log } from '../../ports/log';
import { otherCompatible, planActivation } from './plan-activation';
import { tellActivation } from './release-events';
import type { Clock } from '../../ports/clock';

export interface PublishRequest {
  /** As the client sent it: checked, never rewritten. */
  readonly name: string;
  /** Given by the operator. Releasing an encrypted bundle needs it; otherwise the manifest's is used. */
  readonly compatible?: string;
  /** Accept it without inspection, because it is not a RAUC bundle. Its name is an `opaqueName`. */
  readonly isOpaque?: boolean;
  /** Make it current for its compatible in the same step. */
  readonly activate?: boolean;
  /** The channel on which to activate it; default: `stable`. */
  readonly channel?: string;
  /** How it reaches its devices when it is activated; default: everyone at once. */
  readonly policy?: RolloutPolicy;
  /** Activate it even if the manifest names another compatible. */
  readonly force?: boolean;
  /** `local`, `token:<name>` or `cli:<user>`. */
  readonly actor: string;
  /** Network address of the actor, if there is one. */
  readonly address?: string | null;
}

export interface Publication {
  readonly bundle: Bundle;
  /** False when the same bytes were already stored under this name. */
  readonly created: boolean;
  readonly release: Release | null;
}

/** Accepts a bundle: stages and verifies it, stores it under its name and, on request, makes it current. All or nothing. */
export interface PublishBundle {
  /**
   * Writes and hashes a stream into the incoming area. Nothing stays behind when it fails.
   * @throws DomainError `too-large`, `storage-full`, `invalid-input` (an aborted or empty upload), `unavailable`
   */
  stage(content: Readable, options: StageOptions): Promise<StagedBundle>;
  /**
   * Inspects a staged upload and stores it. Consumes the staged file even if it refuses the upload.
   * @throws DomainError `invalid-input`, `bundle-broken`, `bundle-untrusted`, `conflict`, `storage-full`
   */
  publish(staged: StagedBundle, request: PublishRequest): Promise<Publication>;
  /** Discards a staged upload. */
  discard(staged: StagedBundle): Promise<void>;
}

export interface PublishPorts {
  readonly catalog: Catalog;
  readonly storage: Pick<BundleStorage, 'stage' | 'stat' | 'remove'>;
  readonly inspect: InspectBundle;
  readonly allowUntrusted: boolean;
  /** Called after each change of a release, as part of it. Never rejects. */
  readonly changed: () => Promise<void>;
  readonly log: Log;
  readonly now: Clock;
}

export function createPublishBundle(ports: PublishPorts): PublishBundle {
  const { storage, catalog } = ports;
  return {
    stage: (content, options) => storage.stage(content, options),
    discard: (staged) => staged.discard(),
    async publish(staged, request) {
      try {
        const { isOpaque = false } = request;
        (isOpaque ? parseStoredName : parseBundleName)(request.name);
        if (request.compatible !== undefined) parseCompatible(request.compatible);
        if (request.policy !== undefined) parsePolicy(request.policy);
        await refuseOtherBytes(catalog, request.name, staged); // checked early to save the inspection
        const inspection = isOpaque
          ? opaqueInspection(staged.sizeBytes)
          : await inspectStaged(ports.inspect, staged);
        acceptBundle(request.name, inspection, ports.allowUntrusted);
        // Both may take long, and others may change the catalog meanwhile.
        const hadBytes = await hasBytes(ports, staged, request.name);
        await staged.send?.();
        const upload = new Upload(staged, request.name, hadBytes);
        return await catalog.exclusively(() => storeOrTakeBack(ports, upload, request, inspection));
      } finally {
        await staged.discard();
      }
    },
  };
}

/** Inspects a staged upload. */
export async function inspectStaged(inspect: InspectBundle, staged: StagedBundle): Promise<Inspection> {
  const file = await staged.open();
  try {
    return await inspect(file);
  } finally {
    await file.close();
  }
}

async function hasBytes(
  { catalog, storage }: PublishPorts,
  { sha256, sizeBytes }: StagedBundle,
  name: string,
): Promise<boolean | undefined> {
  if (catalog.find(name) === undefined) return undefined;
  return (await storage.stat(sha256))?.sizeBytes === sizeBytes;
}

/** An upload that is kept once, even if the decision runs several times. */
class Upload {
  isKept = false;

  constructor(
    readonly staged: StagedBundle,
    private readonly name: string,
    /** Whether the bundle of this name had its bytes before the catalog was locked; `undefined` if there was none. */
    readonly hadBytes: boolean | undefined,
  ) {}

  async keep(): Promise<void> {
    if (this.isKept) return;
    await this.staged.keep(this.name);
    this.isKept = true;
  }
}

async function storeOrTakeBack(
  ports: PublishPorts,
  upload: Upload,
  request: PublishRequest,
  inspection: Inspection,
): Promise<Publication> {
  try {
    return await store(ports, upload, request, inspection);
  } catch (error) {
    if (upload.isKept && !isDecidedAgain(error)) await takeBack(ports, upload.staged, request.name);
    throw error;
  }
}

/** Everything that could refuse the request comes before the first lasting change. */
async function store(
  ports: PublishPorts,
  upload: Upload,
  request: PublishRequest,
  inspection: Inspection,
): Promise<Publication> {
  const { catalog } = ports;
  const { staged, hadBytes } = upload;
  const { name } = request;
  await refuseOtherBytes(catalog, name, staged);
  const described = describe(catalog, staged, request, inspection, ports.now());
  const plan =
    request.activate === true ? planActivation(catalog, described, request, ports.now()) : undefined;
  const bundle = plan?.bundle ?? described;
  const activation = plan?.activation;

  // Its bytes are known. If they are missing or incomplete, these replace them.
  const isStored = catalog.find(name) !== undefined && hadBytes !== false;
  if (!isStored) await upload.keep();
  await catalog.commit({
    bundle,
    ...(activation === undefined ? {} : { activation }),
    ...(request.policy === undefined ? {} : { policy: request.policy }),
    events: (made) => [
      ...(isStored ? [] : [tellPublication(bundle, request, ports.now())]),
      ...(made === undefined ? [] : [tellActivation(made, request.address ?? null)]),
    ],
  });
  ports.log.info(
    {
      bundle: name,
      sha256: bundle.sha256,
      verdict: inspection.verdict,
      actor: request.actor,
      created: !isStored,
    },
    'bundle published',
  );
  if (activation !== undefined) ports.log.info({ ...activation }, 'release activated');
  await ports.changed();
  return {
    bundle,
    created: !isStored,
    release: plan === undefined ? null : releaseOf(ports, request, bundle),
  };
}

function describe(
  catalog: Catalog,
  staged: StagedBundle,
  request: PublishRequest,
  inspection: Inspection,
  now: Date,
): Bundle {
  const known = catalog.findKnown(request.name);
  const own = inspection.manifest?.compatible ?? known?.compatible ?? null;
  const asked = request.compatible ?? null;
  if (own !== null && asked !== null && own !== asked && request.force !== true) {
    throw otherCompatible(request.name, own, asked);
  }
  return {
    name: request.name,
    sha256: staged.sha256,
    weakHashes: staged.weakHashes,
    sizeBytes: staged.sizeBytes,
    compatible: own ?? asked,
    uploadedAt: known?.uploadedAt ?? now,
    uploadedBy: known?.uploadedBy ?? request.actor,
    inspection,
    imageCheck: request.isOpaque === true ? opaqueImageCheck : imageCheckOf(known),
  };
}

/** Bytes that were checked before need no new check. A new upload of bytes that could not be checked asks for one. */
function imageCheckOf(known: Bundle | undefined): StoredImageCheck {
  return known === undefined || known.imageCheck.state === 'not-checked' ? notYetChecked : known.imageCheck;
}

function tellPublication(bundle: Bundle, { actor, address = null }: PublishRequest, at: Date): NewEvent {
  const { name, compatible, sha256, sizeBytes, inspection } = bundle;
  return {
    kind: 'bundle.published',
    at,
    actor: { name: actor, address },
    reason: saying('bundle-published', { bundle: name, verdict: inspection.verdict }),
    subject: { bundleName: name, compatible },
    after: { sha256, size: sizeBytes, version: inspection.manifest?.version ?? null },
  };
}

async function refuseOtherBytes(catalog: Catalog, name: string, staged: StagedBundle): Promise<void> {
  const binding = await catalog.binding(name);
  if (binding === undefined || binding.sha256 === staged.sha256) return;
  const details = { name, storedSha256: binding.sha256, sha256: staged.sha256 };
  throw DomainError.of('name-of-other-bytes', { name, isDeleted: binding.deletedAt !== null }, { details });
}

/** Removes the bytes of a refused bundle, unless the catalog has it: the connection may have ended just after its commit. */
async function takeBack(
  { catalog, storage, log }: PublishPorts,
  { sha256 }: StagedBundle,
  name: string,
): Promise<void> {
  try {
    await catalog.catchUp();
    if (catalog.findKnown(name) !== undefined) return;
    await storage.remove(sha256, { name, isShared: catalog.hasOther({ name, sha256 }) });
  } catch (error) {
    log.error({ err: error, bundle: name }, 'the file of a refused bundle could not be removed');
  }
}

function releaseOf({ catalog }: PublishPorts, request: PublishRequest, bundle: Bundle): Release {
  const compatible = request.compatible ?? bundle.compatible ?? '';
  const release = catalog.findCurrent(compatible, request.channel ?? defaultChannel);
  if (release === undefined) throw new Error(`${bundle.name} was activated, and nothing is current`);
  return release;
}
