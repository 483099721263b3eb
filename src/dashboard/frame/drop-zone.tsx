import { useEffect, useState } from 'preact/hooks';
import { may } from '../api/session';
import { Icon } from '../parts/icon';
import { modals } from '../parts/modals';
import { text } from '../texts';
import { addUploads } from '../uploads';

/** Bundles may be dropped anywhere on any page. An open dialog takes the files that it asks for, but no bundles. */
export function DropZone() {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    // Each element that the pointer crosses fires its own enter and leave events.
    let depth = 0;
    const hasFiles = (event: DragEvent) =>
      may('publish') && (event.dataTransfer?.types.includes('Files') ?? false);
    const isTaken = () => modals.peek().length > 0;
    const onEnter = (event: DragEvent) => {
      if (!hasFiles(event) || isTaken()) return;
      depth += 1;
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (!hasFiles(event) || isTaken()) return;
      depth -= 1;
      if (depth <= 0) setOver(false);
    };
    const onOver = (event: DragEvent) => {
      if (event.defaultPrevented || !hasFiles(event)) return;
      event.preventDefault(); // otherwise the browser would leave the page to show the file
      if (isTaken() && event.dataTransfer !== null) event.dataTransfer.dropEffect = 'none';
    };
    const onDrop = (event: DragEvent) => {
      if (event.defaultPrevented || !hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      if (isTaken()) return;
      addUploads(event.dataTransfer?.files ?? []);
    };
    addEventListener('dragenter', onEnter);
    addEventListener('dragleave', onLeave);
    addEventListener('dragover', onOver);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragenter', onEnter);
      removeEventListener('dragleave', onLeave);
      removeEventListener('dragover', onOver);
      removeEventListener('drop', onDrop);
    };
  }, []);
  if (!isOver) return null;
  return (
    <div class="drop-zone" aria-hidden="true">
      <p>
        <Icon name="up" /> {text.bundles.dropHere}
      </p>
    </div>
  );
}
