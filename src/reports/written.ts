/**
 * The order in which words stand on a line of a PDF.
 *
 * pdfmake sets words from left to right, and its fonts the letters of each word in their own
 * direction. So neighbouring words of a script that runs to the left are turned round here. A text
 * that breaks into two lines would have them in the wrong order: names and shortened prompts
 * mostly do not.
 */
export interface Piece {
  readonly text: string;
}

const LEFTWARDS = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/** Words and the spaces between them are pieces of their own: a space belongs to no direction. */
export function piecesOf(text: string): readonly Piece[] {
  const runs: { readonly leftwards: boolean; readonly words: string[] }[] = [];
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    const leftwards = LEFTWARDS.test(word);
    const last = runs.at(-1);
    if (last?.leftwards === leftwards) {
      last.words.push(word);
    } else {
      runs.push({ leftwards, words: [word] });
    }
  }
  const words = runs.flatMap((run) => (run.leftwards ? run.words.toReversed() : run.words));
  return words.flatMap((word, index) => (index === 0 ? [word] : [" ", word])).map(pieceOf);
}

function pieceOf(text: string): Piece {
  return { text };
}
