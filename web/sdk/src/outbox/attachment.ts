import type { SendMediaOptions } from "../model/conversation-types.js";
import type { MediaCategory } from "../model/media.js";

/** A file that waits to be uploaded, in a form that a cache can keep. */
export interface Attachment {
  category: MediaCategory;
  filename: string;
  content: Blob;
  /** The sid, once it is uploaded. */
  sid?: string;
}

/** Makes what an application gives into attachments: each file of a form is one. */
export function attachmentsOf(category: MediaCategory, given: FormData | SendMediaOptions): Attachment[] {
  if (typeof FormData !== "undefined" && given instanceof FormData) {
    const all: Attachment[] = [];
    given.forEach((value, name) => {
      if (typeof value === "string") return; // a field beside the file says nothing of it
      const file = value as File;
      all.push({ category, filename: file.name || name, content: file });
    });
    if (all.length === 0) throw new Error("The form holds no file");
    return all;
  }
  const { contentType, filename, media } = given as SendMediaOptions;
  if (media === null || media === undefined) throw new Error("The media to be sent has no content");
  const type = contentType ?? (media instanceof Blob ? media.type : "") ?? "";
  const content = new Blob([media as BlobPart], { type: type || "application/octet-stream" });
  return [{ category, filename: filename ?? (media as { name?: string }).name ?? "", content }];
}
