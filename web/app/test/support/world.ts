// A browser, a server of this checkout, and people who are in it.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const root = join(import.meta.dirname, "../../../..");
export const screenshots = join(import.meta.dirname, "../../screenshots");

export class World {
  url = "";
  admin = "";
  authToken = "";
  readonly #folder = mkdtempSync(join(tmpdir(), "parley-app-"));
  readonly #binary = join(this.#folder, "parley");
  #process: ChildProcess | undefined;
  #browser: Browser | undefined;
  readonly faults: string[] = [];

  async start(): Promise<void> {
    execFileSync("go", ["build", "-o", this.#binary, "./cmd/parley"], { cwd: root });
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
    const args = ["dev", `--listen=${listen}`, `--admin=${admin}`, `--store=${store}`, `--ready-file=${ready}`];
    const child = spawn(this.#binary, args, { stdio: ["ignore", "pipe", "pipe"], cwd: this.#folder });
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
    const page = await this.#open(this.url, options);
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Enter" }).click();
    await page.getByRole("navigation", { name: "Conversations" }).waitFor();
    return page;
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
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => this.faults.push(String(error)));
    page.on("console", (said) => {
      if (said.text().includes("Content Security Policy")) this.faults.push(said.text());
    });
    await page.goto(url);
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
