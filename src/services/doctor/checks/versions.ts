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
        report.error('Node.js', `it is ${node}`, `Install Node.js ${oldestNode} or later.`);
      const { admin } = await installation.listeners();
      if (admin.kind === 'greeted' && admin.version !== program) {
        const message = `the running server is version ${admin.version}, and this program is ${program}`;
        report.warning(
          'rauc-simple-server',
          message,
          "Restart the server, or run the doctor of the server's version.",
        );
      }
      const database = await installation.database();
      if (database.kind === 'read' && database.schema > schema) {
        const message = `a newer version of this server wrote it (schema ${database.schema}, this one knows ${schema})`;
        report.error(
          database.file,
          message,
          'Start that version, or restore a backup made before the upgrade.',
        );
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
