/**
 * Puts a page into its document: into the first view that the server drew, if that is the page's
 * own first, or in its place.
 */
import type { ReactNode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";

export function takeOver(page: ReactNode): void {
  const place = document.getElementById("page");
  if (place !== null) {
    hydrateRoot(place, page);
  }
}

export function mount(page: ReactNode): void {
  const place = document.getElementById("page");
  if (place !== null) {
    createRoot(place).render(page);
  }
}
