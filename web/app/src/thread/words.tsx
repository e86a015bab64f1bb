const link = /https?:\/\/[^\s<>"]+/gu;
const after = /[.,;:!?'")\]}]$/u;

/** A part of what was written: text, or an address of the web. */
export interface Piece {
  text: string;
  href?: string;
}

/** Finds addresses in a text. What ends a sentence, or closes a bracket that was open before, is not of the address. */
export function piecesOf(body: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of body.matchAll(link)) {
    const address = trimmed(found[0]);
    if (!URL.canParse(address)) continue;
    if (found.index > at) pieces.push({ text: body.slice(at, found.index) });
    pieces.push({ text: address, href: address });
    at = found.index + address.length;
  }
  if (at < body.length) pieces.push({ text: body.slice(at) });
  return pieces;
}

function trimmed(address: string): string {
  let kept = address;
  while (after.test(kept) && !(kept.endsWith(")") && count(kept, "(") >= count(kept, ")"))) kept = kept.slice(0, -1);
  return kept;
}

const count = (text: string, sign: string): number => text.split(sign).length - 1;

/** What somebody wrote: only ever text, with addresses to follow. */
export function Words({ body }: { body: string }) {
  return (
    <p class="words" dir="auto">
      {piecesOf(body).map((piece) =>
        piece.href ? (
          <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </p>
  );
}
