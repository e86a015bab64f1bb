import { build } from "esbuild";

/** The bundle of the sources as they are, made like build.mjs does. */
export async function bundle(): Promise<string> {
  const result = await build({
    entryPoints: ["src/index.ts"],
    bundle: true,
    minify: true,
    write: false,
    target: "es2022",
    format: "iife",
    globalName: "Parley.Conversations",
    define: { __VERSION__: '"1.2.3"' },
  });
  return result.outputFiles[0]!.text;
}
