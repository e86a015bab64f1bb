import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe finds wrong. It is put in past the page's policy, which lets no foreign script in. */
export async function faultsOf(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const run = `${axe.source};axe.run().then((found) => JSON.stringify(found.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html + node.any.map((why) => why.message).join()).join(" "))))`;
  const { result } = await session.send("Runtime.evaluate", { expression: run, awaitPromise: true });
  return JSON.parse(result.value as string) as string[];
}
