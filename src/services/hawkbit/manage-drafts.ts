import type { Bundle } from '../../core/bundle';
import { type Draft, parseDraftText } from '../../core/draft';
import type { DraftKind } from '../../core/draft-kind';
import { DomainError } from '../../core/errors';
import type { Actor } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import type { Clock } from '../../ports/clock';
import type { DraftPage, DraftQuery, DraftRecords, TellDraft } from '../../ports/drafts';
import type { Catalog } from '../catalog/catalog';
import type { OpaqueFiles } from './opaque-files';

export interface NewModule {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly description?: string | undefined;
}

export interface NewSet extends NewModule {
  readonly moduleIds: readonly number[];
}

/** Modules and sets, which scripts create before there is a bundle. */
export interface ManageDrafts {
  /** @throws DomainError `invalid-input`, `conflict` for a name, version and type that exist, and for too many */
  addModules(modules: readonly NewModule[], actor: Actor): Promise<readonly Draft[]>;
  /** @throws DomainError as above; `not-found` for an unknown module, `invalid-input` for several */
  addSets(sets: readonly NewSet[], actor: Actor): Promise<readonly Draft[]>;
  list(query: DraftQuery): Promise<DraftPage>;
  /** @throws DomainError `not-found` */
  get(kind: DraftKind, id: number): Promise<Draft>;
  /** Gives a set its module. @throws DomainError `not-found`, `invalid-input` if it has another one */
  setModule(setId: number, moduleIds: readonly number[]): Promise<void>;
  /** The bundle of a module or set; `undefined` as long as there is none. @throws DomainError `not-found` */
  bundleOf(draft: Draft): Promise<Bundle | undefined>;
  /**
   * Removes a module or set. A module's bundle stays; an opaque file is removed, too, once no device needs it.
   * @throws DomainError `not-found`; `conflict` for a module of a set
   */
  remove(kind: DraftKind, id: number, actor: Actor): Promise<void>;
  /** Deletes opaque files that are no longer needed. Call it when devices were forgotten. */
  sweep(): Promise<void>;
  /** Takes the file from a module. @throws DomainError `not-found` */
  removeFile(moduleId: number): Promise<void>;
}

export interface ManageDraftsPorts {
  readonly drafts: DraftRecords;
  readonly catalog: Pick<Catalog, 'find'>;
  readonly opaqueFiles: Pick<OpaqueFiles, 'sweep'>;
  readonly now: Clock;
}

export function createManageDrafts({ drafts, catalog, opaqueFiles, now }: ManageDraftsPorts): ManageDrafts {
  const draftOf = (kind: DraftKind, given: NewModule, moduleId: number | null, actor: Actor) => ({
    kind,
    name: parseDraftText(given.name),
    version: parseDraftText(given.version),
    type: parseDraftText(given.type),
    description: given.description ?? '',
    createdAt: now(),
    createdBy: actor.name,
    moduleId,
  });

  const teller =
    (what: 'created' | 'deleted', actor: Actor): TellDraft =>
    ({ kind, name, version, id, file }) => ({
      kind: `draft.${what}`,
      at: now(),
      actor,
      reason: saying(`draft-${what}`, { draft: kind, name, version, id }),
      ...(file === null ? {} : { subject: { bundleName: file.bundleName } }),
    });

  async function get(kind: DraftKind, id: number): Promise<Draft> {
    const found = await drafts.find(kind, id);
    if (found === undefined) throw DomainError.of('no-such-draft', { kind, id });
    return found;
  }

  return {
    addModules: async (modules, actor) =>
      drafts.add(
        modules.map((one) => draftOf('module', one, null, actor)),
        teller('created', actor),
      ),
    addSets: async (sets, actor) =>
      drafts.add(
        sets.map((one) => draftOf('set', one, onlyModule(one.moduleIds), actor)),
        teller('created', actor),
      ),
    list: (query) => drafts.list(query),
    get,
    async setModule(setId, moduleIds) {
      const { moduleId: known } = await get('set', setId);
      const moduleId = onlyModule(moduleIds);
      if (moduleId === null || moduleId === known) return;
      if (await drafts.setModule(setId, moduleId)) return;
      await get('module', moduleId);
      throw DomainError.of('set-of-several-modules');
    },
    async bundleOf(draft) {
      const module =
        draft.kind === 'module' || draft.moduleId === null ? draft : await get('module', draft.moduleId);
      return module.file === null ? undefined : catalog.find(module.file.bundleName);
    },
    async remove(kind, id, actor) {
      if (await drafts.remove(kind, id, teller('deleted', actor))) return opaqueFiles.sweep();
      const sets = kind === 'module' ? await drafts.setsOf(id) : [];
      if (sets.length > 0) throw DomainError.of('draft-taken', { id, sets: sets.slice(0, 10) });
      throw DomainError.of('no-such-draft', { kind, id });
    },
    sweep: () => opaqueFiles.sweep(),
    async removeFile(moduleId) {
      await get('module', moduleId);
      await drafts.removeFile(moduleId);
      await opaqueFiles.sweep();
    },
  };
}

/** @throws DomainError `invalid-input` for several */
function onlyModule(ids: readonly number[]): number | null {
  const [only = null, ...others] = [...new Set(ids)];
  if (others.length > 0) throw DomainError.of('set-of-several-modules');
  return only;
}
