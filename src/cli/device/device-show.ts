import type { Command } from 'commander';
import { z } from 'zod';
import { type BoardJson, deviceJson } from '../../contract/device';
import { isRefused } from '../../contract/device-state';
import { installationJson } from '../../contract/installation';
import type { Read } from '../../contract/reader';
import { parseDeviceId } from '../../core/device';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { devicePath } from './device-action';
import { formatFacts, formatInstant, formatSize, formatTable } from '../kernel/printable';
import { markedState } from '../kernel/state-mark';
import { parseAnswer } from '../kernel/server-answer';
import { pinTermsText, shownPin } from './shown-pin';

const shownInstallations = 10;

const shownInstallation = installationJson.pick({
  id: true,
  bundle: true,
  state: true,
  target_version: true,
  updated_at: true,
  bytes_sent: true,
  bytes_saved: true,
  progress: true,
  message: true,
  cleared_at: true,
});
const latestInstallations = z.object({ installations: z.array(shownInstallation) });
/** The unchanged list, for scripts. */
const wholeInstallations = z.object({ installations: z.array(z.unknown()) });
/** An older server does not say whether a certificate is revoked. */
const shownDevice = deviceJson.omit({ boot_id: true, uptime_seconds: true, installation: true }).extend({
  pin: shownPin,
  certificates: z.array(deviceJson.shape.certificates.element.partial({ revoked_at: true })),
});
type ShownDevice = Read<z.infer<typeof shownDevice>>;

export function addDeviceShow(parent: Command, context: CliContext): void {
  addCommand(parent, context, {
    usage: 'show <id>',
    summary: 'show a device and its latest installations',
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['device show board-1', 'device show board-1 --json'],
    run: async ({ args: [id = ''], options, config }) => {
      const path = devicePath(id);
      const client = await AdminClient.open(context, config);
      const answer = await client.get(path);
      const of = new URLSearchParams({ device: parseDeviceId(id), limit: String(shownInstallations) });
      const installations = await client.get(`/api/installations?${of.toString()}`);
      if (options.json === true) {
        const list = parseAnswer(wholeInstallations, installations);
        printJson(context, { device: answer, installations: list.installations });
        return 0;
      }
      const device = parseAnswer(shownDevice, answer);
      const shown = [facts(device, context.surroundings.now())];
      const latest = parseAnswer(latestInstallations, installations).installations;
      if (latest.length > 0) shown.push(table(latest));
      print(context, shown.join('\n\n'));
      tellRevoked(context, device);
      return 0;
    },
  });
}

function facts(device: ShownDevice, at: Date): string {
  const { hold, pin, certificates, attributes, claimed_compatible: claimed } = device;
  const { second_board: second, poller_omits: omits } = device;
  const terms = pin === null ? null : pinTermsText(pin, at);
  return formatFacts([
    ['Device', device.id],
    ['Admission', device.admission === 'waiting' ? markedState('waiting') : device.admission],
    ['Channel', device.channel],
    [
      'Hold',
      hold === null
        ? '-'
        : `by ${hold.by} since ${instant(hold.at)}${hold.reason === '' ? '' : `: ${hold.reason}`}`,
    ],
    ['Pin', pin === null ? '-' : `${pin.bundle}, by ${pin.by} since ${instant(pin.at)}`],
    ...(terms === null ? [] : [['Pin terms', terms] as const]),
    ['Labels', device.labels.join(', ') || '-'],
    ['Notes', device.notes || '-'],
    ['Compatible', device.compatible ?? '-'],
    ['Certificate for', device.certificate_compatibles.join(', ') || 'any compatible'],
    ...(claimed === null ? [] : [['Reports as', `${claimed}; its certificate takes precedence`] as const]),
    ['Version', device.system_version ?? '-'],
    ['Variant', device.variant ?? '-'],
    ['Serial', device.serial ?? '-'],
    ['Machine id', device.machine_id ?? '-'],
    ...Object.entries(attributes).map(([name, value]) => [`Attribute ${name}`, value] as const),
    ['First contact', instant(device.first_contact_at)],
    ['Last contact', instant(device.last_contact_at)],
    ['From', device.address === null ? '-' : `${device.address}, ${device.protocol ?? ''}`],
    ...(omits === null || omits.length === 0
      ? []
      : [['Poller lacks', `send-headers=${omits.join(';')}, under [streaming] in system.conf`] as const]),
    ...(second === null
      ? []
      : ([
          ['Two boards', `have used its certificate since ${instant(second.found_at)}`],
          ['The device', boardFacts(second.own)],
          ['Second board', boardFacts(second.other)],
        ] as const)),
    ['Certificates', certificates.map(certificateFacts).join(', ') || '-'],
  ]);
}

function certificateFacts({ serial, revoked_at: revokedAt }: ShownDevice['certificates'][number]): string {
  return revokedAt == null ? serial : `${serial} (revoked ${instant(revokedAt)})`;
}

/** What to do about a device that is refused because of the certificate that it used last. */
function tellRevoked(context: CliContext, device: ShownDevice): void {
  const { id } = device;
  if (isRefused(device))
    talk(
      context,
      `The certificate that ${id} used last is revoked. Issue a new one: device kit ${id} --force`,
    );
}

function boardFacts({ serial, boot_id: bootId, machine_id: machineId, ...board }: BoardJson): string {
  const told = [
    ['serial', serial],
    ['boot id', bootId],
    ['machine id', machineId],
    ['from', board.address],
    ['since', instant(board.first_seen_at)],
  ] as const;
  return told.flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`])).join(', ');
}

function table(installations: readonly Read<z.infer<typeof shownInstallation>>[]): string {
  const rows = installations.map((one) => [
    String(one.id),
    one.bundle,
    one.target_version ?? '-',
    `${markedState(one.state)}${one.cleared_at === null ? '' : ' (cleared)'}`,
    one.progress === null ? '-' : `${one.progress} %`,
    formatSize(one.bytes_sent),
    one.bytes_saved === null ? '-' : formatSize(one.bytes_saved),
    instant(one.updated_at),
    one.message ?? '-',
  ]);
  return formatTable(
    ['INSTALLATION', 'BUNDLE', 'VERSION', 'STATE', 'DONE', 'SENT', 'SAVED', 'CHANGED', 'LAST REPORT'],
    rows,
  );
}

function instant(text: string | null): string {
  return text === null ? '-' : formatInstant(text);
}
