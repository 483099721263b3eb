import type { ImageCheckJson, ImageJson } from '../../../contract/bundle';
import { formatBytes, formatHash } from '../../format';
import { Section } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { text } from '../../texts';
import { ImageCheckWords } from './image-check';

const words = text.bundles.imageColumns;
const none = text.common.none;

const columns: readonly Column<ImageJson>[] = [
  {
    id: 'slot',
    label: words.slot,
    isLong: true,
    cell: ({ slot_class: slot, artifact }) => (artifact === null ? slot : `${slot}/${artifact}`),
  },
  { id: 'variant', label: words.variant, isLong: true, cell: ({ variant }) => variant ?? none },
  { id: 'file', label: words.file, isLong: true, cell: ({ filename }) => filename ?? none },
  { id: 'type', label: words.type, cell: ({ type }) => type ?? none },
  {
    id: 'size',
    label: words.size,
    isNumber: true,
    cell: ({ size }) => (size === null ? none : formatBytes(size)),
  },
  {
    id: 'adaptive',
    label: words.adaptive,
    isLong: true,
    cell: ({ adaptive }) => adaptive.join(', ') || none,
  },
  { id: 'hooks', label: words.hooks, isLong: true, cell: ({ hooks }) => hooks.join(', ') || none },
  {
    id: 'sha256',
    label: words.sha256,
    cell: ({ sha256 }) => (
      <span class="mono" title={sha256 ?? undefined}>
        {sha256 === null ? none : formatHash(sha256)}
      </span>
    ),
  },
];

interface ImagesProps {
  readonly images: readonly ImageJson[];
  readonly check: ImageCheckJson;
}

export function Images({ images, check }: ImagesProps) {
  return (
    <Section title={text.bundles.images}>
      <ImageCheckWords check={check} />
      {images.length === 0 ? (
        <p class="muted">{text.bundles.imagesNone}</p>
      ) : (
        <Table
          label={text.bundles.images}
          columns={columns}
          rows={images}
          keyOf={({ slot_class: slot, artifact, variant, filename }) =>
            JSON.stringify([slot, artifact, variant, filename])
          }
        />
      )}
    </Section>
  );
}
