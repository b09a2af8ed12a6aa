/** The script of the page at `/`. */
import { JoinPage } from "./join-page.tsx";
import { takeOver } from "./mount.ts";

takeOver(<JoinPage />);
