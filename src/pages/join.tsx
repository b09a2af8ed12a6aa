/** The script of the page at `/`. */
import { JoinPage } from "./join-page.tsx";
import { mount } from "./mount.ts";

mount(<JoinPage />);
