/** The first letters of a name, as people see letters, on a colour that is the name's own. */
export function Avatar({ name }: { name: string }) {
  const words = name.trim().split(/\s+/u);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => first(word ?? "")).join("");
  return (
    <span class={`avatar hue${sum(name) % 12}`} aria-hidden="true">
      {letters.toLocaleUpperCase()}
    </span>
  );
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const first = (word: string): string => [...graphemes.segment(word)][0]?.segment ?? "";
const sum = (name: string): number => [...name].reduce((n, one) => (n * 31 + one.codePointAt(0)!) >>> 0, 7);
