/** Props of an element that a file may be dropped on. The page around it takes every other file for a bundle. */
export function takesDrop(take: (file: File | undefined) => void) {
  return {
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return; // text that is dragged is the browser's
      event.preventDefault();
      take(event.dataTransfer.files[0]);
    },
  };
}
