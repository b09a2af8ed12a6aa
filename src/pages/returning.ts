/**
 * Runs before the first paint of `/`: who comes back to a seat is not shown the form on the way.
 */
import { mayRestore } from "./kept-seat.ts";

if (mayRestore(location.pathname)) {
  document.documentElement.classList.add("returning");
}
