// Reads the transcripts that the tests of the server replay, in session/wire/testdata/transcripts; their form is
// described in cmd/parley/transcript_parse_test.go.
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../../../session/wire/testdata/transcripts/", import.meta.url);

export interface Step {
  line: number;
  from: "client" | "server";
  peer: number;
  /** Of a close by the server. */
  code?: number;
  close: boolean;
  text: string;
}

export interface Transcript {
  name: string;
  steps: Step[];
}

export function transcripts(): Transcript[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  return files.map((file) => ({
    name: file.replace(/\.txt$/, ""),
    steps: readFileSync(new URL(file, folder), "utf8").split("\n").flatMap(readLine),
  }));
}

function readLine(line: string, at: number): Step[] {
  const form = /^([CS])([1-9])(?:: (.*)| close(?: (\d{4}))?)$/.exec(line);
  if (!form) {
    if (line === "" || line.startsWith("#") || line.startsWith("server ")) return [];
    throw new Error(`not a line of a transcript: ${line}`);
  }
  const [, who, peer, text, code] = form;
  const step: Step = {
    line: at + 1,
    from: who === "C" ? "client" : "server",
    peer: Number(peer),
    close: text === undefined,
    text: text ?? "",
  };
  if (code) step.code = Number(code);
  return [step];
}

/**
 * Puts in what the variables stand for, the same each time; and takes out the dots, which stand for members that do not
 * matter there.
 */
export function fill(text: string): string {
  return text
    .replace(/\$([A-Z]+)(\d*)(_[a-z]+)?/g, (_, kind: string, n: string, of?: string) => {
      if (kind === "TIME") return "2030-01-01T00:00:00.000Z";
      if (kind.length === 2) return kind + n.padStart(32, "0");
      return kind + n + (of ?? "");
    })
    .replace(/\.\.\.,/g, "")
    .replace(/,\.\.\.([}\]])/g, "$1")
    .replace(/([{[])\.\.\.([}\]])/g, "$1$2");
}
