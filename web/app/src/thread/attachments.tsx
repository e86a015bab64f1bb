import type { Media, Message } from "parley-conversations";
import { useEffect, useState } from "preact/hooks";
import { text } from "../text";

/** Only what a browser shows without any power of its own is shown; the rest is to be saved. */
const shown = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/** The files of a message, and how far they are on their way up. */
export function Attachments({ message }: { message: Message }) {
  const progress = message.uploadProgress;
  return (
    <>
      {(message.attachedMedia ?? []).map((one) => (
        <File key={one.sid} media={one} />
      ))}
      {message.status === "pending" && progress ? (
        <progress value={progress.loaded} max={progress.total} aria-label={text.thread.pending} />
      ) : null}
    </>
  );
}

function File({ media }: { media: Media }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    media.getContentTemporaryUrl().then(
      (address) => setUrl(address ?? ""),
      () => undefined, // it stays without a way to it until the conversation is opened again
    );
  }, [media]);
  const name = media.filename ?? text.thread.unnamed;
  const label = text.thread.file(name, sizeOf(media.size));
  if (url && shown.includes(media.contentType)) {
    return (
      <a class="picture" href={url} target="_blank" rel="noopener noreferrer">
        <img src={url} alt={label} loading="lazy" />
      </a>
    );
  }
  return (
    <a class="file" dir="auto" href={url || undefined} download={name}>
      {label}
    </a>
  );
}

/** A size as people say it. */
export function sizeOf(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte"] as const;
  const step = bytes < 1000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  const unit = new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: units[step]!,
    unitDisplay: "short",
    maximumFractionDigits: 1,
  });
  return unit.format(bytes / 1000 ** step);
}
