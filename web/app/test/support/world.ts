// A browser, a server of this checkout, and people who are in it.
import { spawn, type ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

export const screenshots = join(import.meta.dirname, "../../screenshots");

export class World {
  url = "";
  admin = "";
  authToken = "";
  readonly #folder = mkdtempSync(join(tmpdir(), "parley-app-"));
  #process: ChildProcess | undefined;
  #browser: Browser | undefined;
  readonly faults: string[] = [];

  /** @param flags Of the server, beside those that it needs to run here. */
  constructor(readonly flags: readonly string[] = []) {}

  async start(): Promise<void> {
    await this.serve();
    this.#browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-background-networking"],
    });
  }

  /** Runs the server, on the port that it had before. */
  async serve(): Promise<void> {
    const ready = join(this.#folder, `ready-${Date.now()}`);
    const listen = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const store = `sqlite:${join(this.#folder, "parley.db")}`;
    const admin = this.admin ? new URL(this.admin).host : "127.0.0.1:0";
    const places = [`--listen=${listen}`, `--admin=${admin}`, `--store=${store}`, `--ready-file=${ready}`];
    const child = spawn(process.env.PARLEY_BINARY!, ["dev", ...places, ...this.flags], {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: this.#folder,
    });
    this.#process = child;
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
    await until(() => existsSync(ready) && readFileSync(ready, "utf8").endsWith("\n"));
    await until(() => /"admin listener","addr":"[^"]+"/.test(said) && /auth token +\S+/.test(said));
    this.admin = `http://${/"admin listener","addr":"([^"]+)"/.exec(said)![1]}`;
    this.authToken = /auth token +(\S+)/.exec(said)![1]!;
    this.url = readFileSync(ready, "utf8").trim();
  }

  /** Ends the server without warning. */
  async kill(): Promise<void> {
    const child = this.#process!;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  /** A browser of somebody, who signs in by name. */
  async person(name: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.door(options);
    await enter(page, name);
    return page;
  }

  /** A browser of somebody who has not signed in yet. */
  door(options: BrowserContextOptions = {}): Promise<Page> {
    return this.#open(this.url, options);
  }

  /** Another tab of the same browser, in which somebody signs in by name. */
  async tab(of: Page, name: string): Promise<Page> {
    const page = this.#listen(await of.context().newPage());
    await page.goto(this.url);
    await enter(page, name);
    return page;
  }

  /** A token that lives so many seconds, made with the server's own key. */
  brief(identity: string, seconds: number): string {
    const kept = JSON.parse(readFileSync(join(this.#folder, "dev-credentials.json"), "utf8")) as Record<string, string>;
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { jti: randomUUID(), iss: kept.api_key, sub: kept.account_sid, iat: now, exp: now + seconds };
    const said = `${part({ typ: "JWT", alg: "HS256", cty: "twilio-fpa;v=1" })}.${part({ ...claims, grants: { identity, chat: {} } })}`;
    return `${said}.${createHmac("sha256", kept.api_secret!).update(said).digest("base64url")}`;
  }

  /** A browser of an operator. */
  async operator(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.#open(`${this.admin}/operator`, options);
    await page.getByLabel("Auth token").waitFor();
    return page;
  }

  /** Opens a page. What it complains of is a fault of the test. */
  async #open(url: string, options: BrowserContextOptions): Promise<Page> {
    const context = await this.#browser!.newContext(options);
    const page = this.#listen(await context.newPage());
    await page.goto(url);
    return page;
  }

  #listen(page: Page): Page {
    page.setDefaultTimeout(45_000);
    page.on("pageerror", (error) => this.faults.push(String(error)));
    page.on("console", (said) => {
      if (said.text().includes("Content Security Policy")) this.faults.push(said.text());
    });
    return page;
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Waits until something is so, for half a minute at most. */
export async function until(so: () => boolean): Promise<void> {
  const late = Date.now() + 30_000;
  while (!so()) {
    if (Date.now() > late) throw new Error("it never came about");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Signs in by name. */
async function enter(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();
}

/** Makes a conversation with somebody else in it. */
export async function converse(page: Page, title: string, other: string): Promise<void> {
  await page.getByRole("button", { name: "New conversation" }).click();
  await page.getByLabel("What it is about").fill(title);
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { name: title }).waitFor();
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByLabel("A name, a phone number or an e-mail address").fill(other);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("complementary").getByText(other, { exact: true }).waitFor();
  await page.getByRole("complementary").getByRole("button", { name: "Close", exact: true }).click();
}

export async function say(page: Page, body: string): Promise<void> {
  await page.getByLabel("Write a message").fill(body);
  await page.getByLabel("Write a message").press("Enter");
}
