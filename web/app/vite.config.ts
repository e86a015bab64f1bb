import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;
const library = join(here, "../sdk");
const { version } = JSON.parse(readFileSync(join(library, "package.json"), "utf8")) as { version: string };

/** The files that the page is made of, as app_test.go has them too. */
function sources(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const single = ["index.html", "operator.html", "package.json", "package-lock.json", "vite.config.ts"].map((name) =>
    join(here, name),
  );
  return [...single, ...below(join(here, "src")), ...below(join(library, "src"))];
}

/** One line for each source, by which a test without Node sees that the page was not built again. */
function sums(): string {
  const lines = sources().map((file) => {
    const sum = createHash("sha256").update(readFileSync(file)).digest("hex");
    return `${file.slice(join(here, "..").length + 1)} ${sum}\n`;
  });
  return lines.sort().join("");
}

export default defineConfig({
  root: here,
  base: "/app/",
  resolve: { alias: { "parley-conversations": join(library, "src/index.ts") } },
  define: { __VERSION__: JSON.stringify(version) },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // the first that know light-dark()
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: { input: [join(here, "index.html"), join(here, "operator.html")] },
  },
  plugins: [
    // Nothing is drawn before the page has put on the colours that were chosen.
    {
      name: "blocking",
      transformIndexHtml: {
        order: "post",
        handler: (html) => html.replaceAll('<script type="module"', '<script type="module" blocking="render"'),
      },
    },
    { name: "sums", closeBundle: () => writeFileSync(join(here, "dist/sources.txt"), sums()) },
  ],
});
