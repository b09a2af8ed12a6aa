/** What the pages of teachers and of the board show until it is known who looks at them. */
import { Frame } from "./parts.tsx";
import { t } from "./text.ts";

export function TeachOpening() {
  return (
    <Frame title="">
      <p className="loading">{t("c.loading")}</p>
    </Frame>
  );
}

export function BoardOpening() {
  return <Note text={t("c.loading")} />;
}

/** A word on the wall, alone. */
export function Note({ text }: { readonly text: string }) {
  return (
    <main className="board">
      <h1 className="loading">{text}</h1>
    </main>
  );
}
