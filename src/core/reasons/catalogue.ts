import { accessReasons } from './access';
import { attentionReasons } from './attention';
import { authorityReasons } from './authority';
import { backupReasons } from './backup';
import { bundleReasons } from './bundle';
import { certificateReasons } from './certificate';
import { certificateFolderReasons } from './certificate-folder';
import { deviceReasons } from './device';
import { fleetStoreReasons } from './fleet-store';
import { hawkbitReasons } from './hawkbit';
import { moveReasons } from './move';
import type { ReasonParameters } from './reason-words';
import { releaseReasons } from './release';
import { requestReasons } from './request';
import { rolloutReasons } from './rollout';
import { serverReasons } from './server';
import { serverNameReasons } from './server-names';
import { shareReasons } from './shares';
import { storageReasons } from './storage';
import { uploadReasons } from './upload';
import { webhookReasons } from './webhook';
import { windowReasons } from './window';

/** Every reason why something is refused or fails, in English. A translation is another table with the same keys. */
export const catalogue = {
  ...accessReasons,
  ...attentionReasons,
  ...authorityReasons,
  ...backupReasons,
  ...bundleReasons,
  ...certificateReasons,
  ...certificateFolderReasons,
  ...deviceReasons,
  ...fleetStoreReasons,
  ...hawkbitReasons,
  ...moveReasons,
  ...releaseReasons,
  ...requestReasons,
  ...rolloutReasons,
  ...serverNameReasons,
  ...serverReasons,
  ...shareReasons,
  ...storageReasons,
  ...uploadReasons,
  ...webhookReasons,
  ...windowReasons,
};

type Catalogue = typeof catalogue;
export type ReasonCode = keyof Catalogue;

/** The parameters of a function; none for a string, or a function without parameters. */
type Needed<Words> = Words extends (parameters: infer Needs extends object) => string ? Needs : unknown;

/** The parameters of a reason's sentence and remedy. */
export type ParametersOf<Code extends ReasonCode> = Needed<Catalogue[Code]['says']> &
  (Catalogue[Code] extends { readonly remedy: infer Remedy } ? Needed<Remedy> : unknown);

/** Why something is refused or fails, as it is sent; its words are made at the edge. */
export interface Reason<Code extends ReasonCode = ReasonCode> {
  readonly code: Code;
  readonly parameters: ReasonParameters;
}
