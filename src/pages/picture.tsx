/** A picture of a lesson; until it is here, and where it cannot be had, what it shows in words. */
import { useEffect, useState } from "react";
import { pictureUrl } from "./pictures.ts";

export function Picture({ id, alt }: { readonly id: string; readonly alt: string }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    let isCurrent = true;
    setUrl(undefined);
    pictureUrl(id).then(
      (found) => (isCurrent ? setUrl(found) : undefined),
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [id]);
  return url === undefined ? (
    <em className="picture-missing">{alt}</em>
  ) : (
    <img className="picture" src={url} alt={alt} />
  );
}
