import { finding } from '../../../core/reasons/doctor/sentences';
import type { Check } from '../check';
import type { Installation } from '../installation';

export interface VersionFacts {
  /** Version of this program. */
  readonly program: string;
  /** Version of Node.js, such as `20.19.0`. */
  readonly node: string;
  /** The oldest Node.js that this program runs on, such as `20.19`. */
  readonly oldestNode: string;
  /** How many migrations this program knows. */
  readonly schema: number;
}

/** Node.js, the program, and the schema of the database. */
export function versionsCheck({
  facts,
  installation,
}: {
  facts: VersionFacts;
  installation: Installation;
}): Check {
  return {
    name: 'versions',
    async run(report) {
      const { program, node, oldestNode, schema } = facts;
      if (isOlder(node, oldestNode))
        report.error('Node.js', finding('node-too-old', { node, oldest: oldestNode }));
      const { admin } = await installation.listeners();
      if (admin.kind === 'greeted' && admin.version !== program) {
        const told = { running: admin.version, own: program };
        report.warning('rauc-simple-server', finding('server-of-another-version', told));
      }
      const database = await installation.database();
      if (database.kind === 'read' && database.oldest > schema) {
        const told = { schema: database.schema, known: schema };
        report.error(database.file, finding('database-of-newer-version', told));
      }
    },
  };
}

function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10));
  const [own, oldest] = [numbers(version), numbers(than)];
  const at = oldest.findIndex((part, index) => part !== own[index]);
  return at !== -1 && (own[at] ?? 0) < (oldest[at] ?? 0);
}
