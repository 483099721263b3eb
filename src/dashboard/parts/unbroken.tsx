/** Options such as `--force`, which a browser would break after each hyphen. */
const options = /((?<![^\s(])--?[a-z][a-z-]*)/;

/** Text in which no line breaks inside an option. */
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
