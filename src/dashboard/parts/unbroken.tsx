/** Options such as `--force`, which a browser would break after each hyphen. */
const options = /((?<![^\s(])--?[a-z][a-z-]*)/;

/** Words in which no option is broken at the end of a line. */
export function Unbroken({ words }: { readonly words: string }) {
  return (
    <>
      {words.split(options).map((piece, index) =>
        index % 2 === 0 ? (
          piece
        ) : (
          <span key={index} class="unbroken">
            {piece}
          </span>
        ),
      )}
    </>
  );
}
