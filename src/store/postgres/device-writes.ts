import { type Device, maxCertificates, maxLabels, tooManyLabels } from '../../core/device';
import type { DecisionChange, LabelChange } from '../../core/device-decisions';
import { DomainError } from '../../core/errors';
import { type Installation, keptInstallations } from '../../core/installation';
import { toContactRow, toDecidedColumns, toDecisionRow, toInstallationRow } from '../rows/device-rows';
import { prepared, query } from './queries';
import { countingOutcome } from './release-outcomes';
import { countRevision } from './release-numbers';
import { together } from './together';
import type { Transaction } from './writer';

/** Writes a new device with what was decided for it; for a known one, only the changes of the contact. */
export async function saveContact(transaction: Transaction, device: Device): Promise<void> {
  const { id, createdAt, labels } = device;
  const contact = toContactRow(device);
  const known = query.updateTable('devices').set(contact).where('id', '=', id).returning('id');
  if ((await transaction.all(prepared(known))).length === 0) {
    const made = { id, created_at: createdAt.toISOString(), ...contact, ...toDecisionRow(device) };
    await transaction.all(query.insertInto('devices').values(made));
    await saveLabels(transaction, id, labels);
  }
  await saveCertificates(transaction, device);
}

async function saveCertificates(transaction: Transaction, { id, certificates }: Device): Promise<void> {
  const saves = certificates.map(({ serial, firstSeenAt, lastSeenAt }) => {
    const lastSeen = { last_seen_at: lastSeenAt.toISOString() };
    const saved = query
      .insertInto('device_certificates')
      .values({ device: id, serial, first_seen_at: firstSeenAt.toISOString(), ...lastSeen })
      .onConflict((conflict) => conflict.columns(['device', 'serial']).doUpdateSet(lastSeen));
    return transaction.all(prepared(saved));
  });
  await together(saves);
  if (certificates.length < maxCertificates) return;
  const kept = certificates.map(({ serial }) => serial);
  await transaction.all(
    query.deleteFrom('device_certificates').where('device', '=', id).where('serial', 'not in', kept),
  );
}

/** Writes only what was decided. @throws DomainError `not-found`, `invalid-input` */
export async function saveDecision(
  transaction: Transaction,
  id: string,
  change: DecisionChange,
): Promise<void> {
  if (change.pin !== undefined && change.pin !== null)
    await requireBundle(transaction, change.pin.bundleName);
  const columns = toDecidedColumns(change);
  if (Object.keys(columns).length > 0)
    await transaction.all(query.updateTable('devices').set(columns).where('id', '=', id));
  if (change.labelChange !== undefined) await changeLabels(transaction, id, change.labelChange);
  else if (change.labels !== undefined) await saveLabels(transaction, id, change.labels);
}

/** A bundle may be deleted while a device is being pinned to it. @throws DomainError `not-found` */
async function requireBundle(transaction: Transaction, name: string): Promise<void> {
  const kept = query.selectFrom('bundles').select('name').where('name', '=', name);
  if ((await transaction.all(kept.where('deleted_at', 'is', null))).length > 0) return;
  throw DomainError.of('bundle-deleted', { name });
}

/** @throws DomainError `invalid-input` when others have added too many meanwhile */
async function changeLabels(
  transaction: Transaction,
  device: string,
  { added, removed }: LabelChange,
): Promise<void> {
  const ofDevice = query.deleteFrom('device_labels').where('device', '=', device);
  if (removed.length > 0) await transaction.all(ofDevice.where('label', 'in', removed));
  if (added.length === 0) return;
  await transaction.all(
    query
      .insertInto('device_labels')
      .values(added.map((label) => ({ label, device })))
      .onConflict((conflict) => conflict.doNothing()),
  );
  const has = query.selectFrom('device_labels').select('label').where('device', '=', device);
  if ((await transaction.all(has.limit(maxLabels + 1))).length > maxLabels) throw tooManyLabels();
}

/** Replaces the labels of the device. */
async function saveLabels(
  transaction: Transaction,
  device: string,
  labels: readonly string[],
): Promise<void> {
  await transaction.all(query.deleteFrom('device_labels').where('device', '=', device));
  if (labels.length === 0) return;
  await transaction.all(query.insertInto('device_labels').values(labels.map((label) => ({ label, device }))));
}

/** In this order, as each changes the counts that the next one finds. */
export async function saveInstallations(
  transaction: Transaction,
  installations: readonly Installation[],
): Promise<void> {
  for (const one of installations) await saveInstallation(transaction, one);
}

/**
 * Writes a new or changed one, and deletes the device's oldest to make room. The byte count of a known one only grows, through
 * `SentBytes`.
 */
async function saveInstallation(transaction: Transaction, installation: Installation): Promise<void> {
  const { bytes_sent, ...changed } = toInstallationRow(installation);
  const saved = query
    .insertInto('installations')
    .values({ ...changed, bytes_sent })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changed));
  const { id, deviceId, state, releaseId } = installation;
  const latest = query
    .updateTable('devices')
    .set({ installation_id: id, installation_state: state, installation_release_id: releaseId })
    .where('id', '=', deviceId)
    .where((eb) => eb.or([eb('installation_id', 'is', null), eb('installation_id', '<=', id)]));
  const kept = query
    .selectFrom('installations')
    .select('id')
    .where('device', '=', deviceId)
    .orderBy('id', 'desc')
    .limit(1)
    .offset(keptInstallations - 1);
  const tooMany = query.deleteFrom('installations').where('device', '=', deviceId).where('id', '<', kept);
  await together([
    countingOutcome(transaction, installation, () => transaction.all(prepared(saved))),
    ...(releaseId === null ? [] : [countRevision(transaction, releaseId)]),
    transaction.all(prepared(latest)),
    transaction.all(prepared(tooMany)),
  ]);
}
