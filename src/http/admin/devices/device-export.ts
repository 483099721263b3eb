import { deviceExportJson, deviceFilterQuery, type DeviceJson } from '../../../contract/device';
import { DomainError } from '../../../core/errors';
import type { DeviceFilter } from '../../../ports/fleet-queries';
import type { AdminOptions } from '../kernel/admin-options';
import { contextOf } from '../kernel/request-context';
import { answered, type Call, defineRoute, type Route } from '../kernel/route';
import { sendPieces } from '../kernel/send-pieces';
import type { Shares } from '../kernel/shares';
import { deviceCsvHead, deviceCsvLine } from './device-csv';
import { toDeviceFilter } from './device-filter';
import { presentDevice } from './device-json';

type Asked = Call<{ query: typeof deviceFilterQuery }>;

/**
 * All matching devices in one answer. It is generated as the client reads it, so only a few devices are in memory at a
 * time.
 */
export function deviceExportRoutes({ services, now }: AdminOptions, searches: Shares): readonly Route[] {
  const { listFleet, manageRevocations } = services;

  /** @throws DomainError `unavailable`; `unauthenticated` when the caller's token is revoked meanwhile */
  async function* allThatFit(
    filter: DeviceFilter,
    isAllowed: () => Promise<boolean>,
  ): AsyncGenerator<readonly DeviceJson[], void> {
    let after: string | null = '';
    while (after !== null) {
      const { devices, next } = await listFleet.walk(filter, after);
      if (after !== '' && !(await isAllowed())) throw tokenRevoked();
      yield devices.map((record) => presentDevice(record, manageRevocations.revokedAt));
      after = next;
    }
  }

  async function send(
    { input, actor, request, response }: Asked,
    { mediaType, extension, write }: Format,
  ): Promise<typeof answered> {
    const devices = allThatFit(toDeviceFilter(input.query, now()), contextOf(request).isAllowed);
    const headers = {
      'Content-Type': mediaType,
      'Content-Disposition': `attachment; filename="devices.${extension}"`,
      'Cache-Control': 'no-store',
    };
    await searches.during(actor.name, () => sendPieces(response, headers, write(devices)));
    return answered;
  }

  return [
    defineRoute({
      method: 'get',
      path: '/api/devices.csv',
      scope: 'read',
      operation: 'exportDevicesAsCsv',
      summary:
        'All matching devices, by id, as CSV (RFC 4180). A value that a spreadsheet would run as a formula is prefixed with an apostrophe',
      input: { query: deviceFilterQuery },
      answers: {
        200: { description: 'A header line, then one line per device', mediaType: 'text/csv' },
      },
      problems: ['unavailable', 'too-many-requests'],
      handle: (call) => send(call, csv),
    }),
    defineRoute({
      method: 'get',
      path: '/api/devices.json',
      scope: 'read',
      operation: 'exportDevices',
      summary: 'All matching devices, by id, in one document',
      input: { query: deviceFilterQuery },
      answers: { 200: { description: 'The devices', schema: deviceExportJson } },
      problems: ['unavailable', 'too-many-requests'],
      handle: (call) => send(call, json),
    }),
  ];
}

interface Format {
  readonly mediaType: string;
  readonly extension: string;
  readonly write: (devices: AsyncGenerator<readonly DeviceJson[], void>) => AsyncGenerator<string, void>;
}

const csv: Format = {
  mediaType: 'text/csv; charset=utf-8',
  extension: 'csv',
  async *write(stretches) {
    let head = deviceCsvHead;
    for await (const devices of stretches) {
      yield head + devices.map(deviceCsvLine).join('');
      head = '';
    }
  },
};

/** One device a line; a truncated answer is not valid JSON. */
const json: Format = {
  mediaType: 'application/json; charset=utf-8',
  extension: 'json',
  async *write(stretches) {
    let separator = '{"devices":[\n';
    for await (const devices of stretches) {
      if (devices.length === 0) continue;
      yield separator + devices.map((device) => JSON.stringify(device)).join(',\n');
      separator = ',\n';
    }
    yield separator === ',\n' ? '\n]}\n' : '{"devices":[]}\n';
  },
};

function tokenRevoked(): DomainError {
  return DomainError.of('access-ended-during-export');
}
