/** The first view of each page as the server draws it: it is read before any script has come. */
import { renderToString } from "react-dom/server";
import { JoinPage } from "./join-page.tsx";
import { BoardOpening, TeachOpening } from "./opening.tsx";
import { type Place, setPlace } from "./text.ts";
import type { PageName } from "./words/words.ts";

export function firstView(page: PageName, place: Place): string {
  setPlace(place);
  switch (page) {
    case "join":
      return renderToString(<JoinPage />);
    case "teach":
      return renderToString(<TeachOpening />);
    case "board":
      return renderToString(<BoardOpening />);
  }
}
