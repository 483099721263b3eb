import { type Device, maxCertificates, maxLabels, tooManyLabels } from '../../core/device';
import type { LabelChange } from '../../core/device-decisions';
import { DomainError } from '../../core/errors';
import { type Installation, keptInstallations } from '../../core/installation';
import type { DeviceDecision } from './fleet/fleet-records';
import type { Database } from './database';
import { toContactRow, toDecidedColumns, toDecisionRow, toInstallationRow } from '../rows/device-rows';
import { countingOutcome } from './release-outcomes';

/** Writes a new device with what was decided for it; for a known one, only the changes of the contact. */
export function saveContact(database: Database, device: Device): void {
  const { query } = database;
  const { id, createdAt, labels } = device;
  const contact = toContactRow(device);
  const known = database.all(query.updateTable('devices').set(contact).where('id', '=', id).returning('id'));
  if (known.length === 0) {
    const made = { id, created_at: createdAt.toISOString(), ...contact, ...toDecisionRow(device) };
    database.all(query.insertInto('devices').values(made));
    saveLabels(database, id, labels);
  }
  for (const { serial, firstSeenAt, lastSeenAt } of device.certificates) {
    const lastSeen = { last_seen_at: lastSeenAt.toISOString() };
    database.all(
      query
        .insertInto('device_certificates')
        .values({ device: id, serial, first_seen_at: firstSeenAt.toISOString(), ...lastSeen })
        .onConflict((conflict) => conflict.columns(['device', 'serial']).doUpdateSet(lastSeen)),
    );
  }
  if (device.certificates.length < maxCertificates) return;
  const kept = device.certificates.map(({ serial }) => serial);
  database.all(
    query.deleteFrom('device_certificates').where('device', '=', id).where('serial', 'not in', kept),
  );
}

/** Writes only what was decided. */
export function saveDecision(database: Database, { id, change }: DeviceDecision): void {
  const columns = toDecidedColumns(change);
  if (Object.keys(columns).length > 0)
    database.all(database.query.updateTable('devices').set(columns).where('id', '=', id));
  if (change.labelChange !== undefined) changeLabels(database, id, change.labelChange);
  else if (change.labels !== undefined) saveLabels(database, id, change.labels);
}

/** A bundle may be deleted while a device is being pinned to it. @throws DomainError `not-found` */
export function requireBundle(database: Database, name: string): void {
  const { query } = database;
  const kept = query.selectFrom('bundles').select('name').where('name', '=', name);
  if (database.all(kept.where('deleted_at', 'is', null)).length > 0) return;
  throw DomainError.of('bundle-deleted', { name });
}

/** @throws DomainError `invalid-input` when others have added too many meanwhile */
function changeLabels(database: Database, device: string, { added, removed }: LabelChange): void {
  const { query } = database;
  const ofDevice = query.deleteFrom('device_labels').where('device', '=', device);
  if (removed.length > 0) database.all(ofDevice.where('label', 'in', removed));
  if (added.length === 0) return;
  database.all(
    query
      .insertInto('device_labels')
      .values(added.map((label) => ({ label, device })))
      .onConflict((conflict) => conflict.doNothing()),
  );
  const has = query.selectFrom('device_labels').select('label').where('device', '=', device);
  if (database.all(has.limit(maxLabels + 1)).length > maxLabels) throw tooManyLabels();
}

/** Replaces the labels of the device. */
function saveLabels(database: Database, device: string, labels: readonly string[]): void {
  const { query } = database;
  database.all(query.deleteFrom('device_labels').where('device', '=', device));
  if (labels.length === 0) return;
  database.all(query.insertInto('device_labels').values(labels.map((label) => ({ label, device }))));
}

/** Writes a new or changed one, and deletes the device's oldest to make room. */
export function saveInstallation(database: Database, installation: Installation): void {
  const { query } = database;
  const row = toInstallationRow(installation);
  countingOutcome(database, installation, () =>
    database.all(
      query
        .insertInto('installations')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row)),
    ),
  );
  const { id, deviceId, state, releaseId } = installation;
  database.all(
    query
      .updateTable('devices')
      .set({ installation_id: id, installation_state: state, installation_release_id: releaseId })
      .where('id', '=', deviceId)
      .where((eb) => eb.or([eb('installation_id', 'is', null), eb('installation_id', '<=', id)])),
  );
  const kept = query
    .selectFrom('installations')
    .select('id')
    .where('device', '=', deviceId)
    .orderBy('id', 'desc')
    .limit(1)
    .offset(keptInstallations - 1);
  database.all(query.deleteFrom('installations').where('device', '=', deviceId).where('id', '<', kept));
}
