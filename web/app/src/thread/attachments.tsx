import type { Media, Message } from "parley-conversations";
import { useCallback, useEffect, useState } from "preact/hooks";
import { text } from "../text";
import { Icon } from "../ui/icon";

/** Only what a browser shows without any power of its own is shown; the rest is to be saved. */
export const isShown = (type: string): boolean =>
  ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"].includes(type);

/** The files of a message, and how far they are on their way up. */
export function Attachments({ message }: { message: Message }) {
  const files = message.attachedMedia ?? [];
  const waits = message.status === "pending" && files.length > 0;
  return (
    <>
      {files.map((one) => (waits ? <Name key={one.sid} media={one} /> : <File key={one.sid} media={one} />))}
      {waits ? <Progress message={message} /> : null}
    </>
  );
}

function Progress({ message }: { message: Message }) {
  const { loaded = 0, total = 1 } = message.uploadProgress ?? {};
  return (
    <p class="progress">
      <progress value={loaded} max={Math.max(total, 1)} aria-label={text.thread.uploading} />
      <button type="button" class="quiet" onClick={() => message.discard()}>
        {text.cancel}
      </button>
    </p>
  );
}

const nameOf = (media: Media): string => media.filename || text.thread.unnamed;

function Name({ media }: { media: Media }) {
  return (
    <span class="file">
      <Icon name="file" />
      <bdi>{nameOf(media)}</bdi>
      <small>{sizeOf(media.size)}</small>
    </span>
  );
}

function File({ media }: { media: Media }) {
  const [url, setUrl] = useState<string>();
  // Addresses are good for some minutes: whoever comes near has a fresh one.
  const refresh = useCallback(() => {
    media.getContentTemporaryUrl().then(
      (address) => setUrl(address ?? undefined),
      () => undefined, // it stays without a way to it until it is asked for again
    );
  }, [media]);
  useEffect(refresh, [refresh]);
  const near = { onPointerEnter: refresh, onFocus: refresh };
  if (url && isShown(media.contentType)) {
    return (
      <a class="picture" href={url} target="_blank" rel="noopener noreferrer" {...near}>
        <img src={url} alt={text.thread.file(nameOf(media), sizeOf(media.size))} loading="lazy" />
      </a>
    );
  }
  return (
    <a class="file" href={url} download={nameOf(media)} {...near}>
      <Icon name="file" />
      <bdi>{nameOf(media)}</bdi>
      <small>{sizeOf(media.size)}</small>
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
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: 1,
  });
  return unit.format(bytes / 1000 ** step);
}
