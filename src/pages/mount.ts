/** Puts a page into its document: into the first view that the server drew, where there is one. */
import type { ReactNode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";

export function mount(page: ReactNode): void {
  const place = document.getElementById("page");
  if (place?.firstElementChild) {
    hydrateRoot(place, page);
  } else if (place !== null) {
    createRoot(place).render(page);
  }
}
