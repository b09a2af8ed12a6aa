/** The first view of `/` as the server draws it, so that it is read before any script has come. */
import { renderToString } from "react-dom/server";
import { JoinPage } from "./join-page.tsx";
import { type Place, setPlace } from "./text.ts";

export function firstView(place: Place): string {
  setPlace(place);
  return renderToString(<JoinPage />);
}
