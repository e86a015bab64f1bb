import { useEffect, useState } from "preact/hooks";
import { text } from "../text";
import { Icon } from "../ui/icon";
import { isShown, sizeOf } from "./attachments";

/** The files that are to go with a message, with a look at the pictures among them. */
export function Files({ files, onRemove }: { files: File[]; onRemove: (file: File) => void }) {
  return (
    <ul class="files">
      {files.map((file, n) => (
        <li key={`${n} ${file.name}`}>
          {isShown(file.type) ? <Preview file={file} /> : <Icon name="file" />}
          <bdi>{file.name}</bdi>
          <small>{sizeOf(file.size)}</small>
          <button
            type="button"
            class="quiet round"
            aria-label={text.thread.remove(file.name)}
            onClick={() => onRemove(file)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Preview({ file }: { file: File }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url ? <img src={url} alt="" /> : null;
}
