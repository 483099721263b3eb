import type { AboutJson } from '../../../contract/server';
import { Command } from '../../parts/command';
import { Hint } from '../../parts/notices';
import { text } from '../../texts';
import { useData } from '../../use-data';

const words = text.certificates;

/** The commands to run where the CA's key is. */
export function CannotIssue() {
  const { value: about } = useData<AboutJson>('/api/about', { isStale: () => false });
  return (
    <Hint tone="info">
      <div class="stack">
        <p>{words.cannotIssue}</p>
        <Command line={words.deviceCommand(words.exampleDevice)} />
        {about !== null && <Command line={words.kitCommand(words.exampleDevice, about.device_url)} />}
      </div>
    </Hint>
  );
}
