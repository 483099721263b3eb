/** Props of an element on which a file may be dropped. The page around it treats every other file as a bundle. */
export function takesDrop(take: (file: File | undefined) => void) {
  return {
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return; // dragged text is left to the browser
      event.preventDefault();
      take(event.dataTransfer.files[0]);
    },
  };
}
