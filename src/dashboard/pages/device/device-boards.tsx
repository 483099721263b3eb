import type { BoardJson, DeviceJson } from '../../../contract/device';
import { Facts, Section } from '../../parts/page';
import { Ago, Moment } from '../../parts/time';
import { text } from '../../texts';

/** The two boards that share the device's certificate; nothing if there is only one. */
export function DeviceBoards({ device: { second_board: second } }: { readonly device: DeviceJson }) {
  const { one } = text.devices;
  if (second === null) return null;
  return (
    <Section title={one.boards}>
      <div class="stack">
        <Board title={one.ownBoard} board={second.own} />
        <Board title={one.secondOne} board={second.other} />
      </div>
    </Section>
  );
}

function Board({ title, board }: { readonly title: string; readonly board: BoardJson }) {
  const { one } = text.devices;
  return (
    <div>
      <h3>{title}</h3>
      <Facts
        facts={[
          [one.serial, board.serial],
          [one.bootId, board.boot_id],
          [one.machineId, board.machine_id],
          [one.address, board.address],
          [one.systemVersion, board.system_version],
          [one.firstSeen, <Moment key="first" at={board.first_seen_at} />],
          [one.lastSeen, <Ago key="last" at={board.last_seen_at} />],
        ]}
      />
    </div>
  );
}
