// The console in a real browser: no script or style is refused, a question is answered, a run opens and stays open
// while the page refreshes itself, and nothing stands in the way of keyboards and screen readers.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.CONSOLE_SHOTS; // a folder: screenshots are kept there
const work = mkdtempSync(join(tmpdir(), "cardea-e2e-"));
const started = [];
let browser;

// serve starts the console over a made-up workspace and returns its address.
async function serve(...flags) {
  const child = spawn(join(work, "server"), flags, { stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) return { address: line, stop: () => child.kill() };
  throw new Error("the server ended before it listened");
}

before(async () => {
  execFileSync("go", ["build", "-o", join(work, "server"), "./server"], { cwd: here, stdio: "inherit" });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
});

after(async () => {
  await browser?.close();
  for (const child of started) child.kill();
  rmSync(work, { recursive: true });
});

// open makes a page that notes everything the browser complains about.
async function open(address, options = {}, path = "/") {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1200, height: 900 }, ...options });
  context.setDefaultTimeout(10000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (m) => {
    if (["error", "warning"].includes(m.type())) complaints.push(m.text());
  });
  page.on("pageerror", (e) => complaints.push(String(e)));
  page.on("requestfailed", (r) => {
    // A search that is typed on gives up the one before.
    if (r.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(`${r.url()}: ${r.failure()?.errorText}`);
  });
  page.on("request", (r) => {
    if (!r.url().startsWith(address) && !r.url().startsWith("data:")) complaints.push(`asks elsewhere: ${r.url()}`);
  });
  await page.addInitScript(() => {
    window.refused = [];
    document.addEventListener("securitypolicyviolation", (e) => window.refused.push(`${e.violatedDirective} ${e.blockedURI}`));
  });
  const response = await page.goto(address + path);
  assert.equal(response.status(), 200);
  return { page, complaints, context };
}

async function accessible(page, what) {
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  const found = result.violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `  ${n.html}\n  ${n.failureSummary}`).join("\n")}`);
  assert.deepEqual(found, [], `axe, ${what}`);
}

async function shot(page, name) {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

// wide is how far the page can be scrolled sideways.
const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe("console", () => {
  test("answers a question and shows what a run did", async () => {
    const { address } = await serve();
    const { page, complaints, context } = await open(address);
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "6 changes wait for a person");
    await shot(page, "start-light");

    // Issues that say the same are one, and open to name everybody; they stay open while the page refreshes itself.
    await page.getByText("Ines Duarte, Kwame Mensah, Noor Haddad and 2 others").click();
    assert.ok(await page.locator("#systems").getByText("Ravi Patel").isVisible());

    await page.getByLabel("Person").pressSequentially("ana");
    await page.getByRole("radio", { name: /Ana Lopes/ }).check();
    await page.getByLabel("Access group").selectOption({ label: "First floor" });
    const answer = page.getByRole("region", { name: "Answer" });
    await answer.getByText(/^Yes:/).waitFor();
    assert.match(await answer.textContent(), /Ana Lopes may pass First floor now and until Mon 30 Nov 24:00 \(London\)/);
    assert.match(page.url(), /person=rnd%2Fperson%3Ap1/);

    await page.getByLabel("When").fill("2026-12-01T00:00");
    await answer.getByText(/^No longer:/).waitFor();
    await page.getByLabel("When").fill("");
    await page.getByLabel("Access group").selectOption({ label: "Elephant room" });
    await answer.getByText(/^Not yet:/).waitFor();
    assert.match(await answer.textContent(), /from Tue 24 Nov 09:45 until 11:15 \(London\)/);
    assert.equal(await answer.locator(".considered > li").count(), 2);

    const run = page.locator("details.run", { hasText: "6 removals held" });
    await run.locator("> summary").press("Enter");
    await run.getByText("Tomasz Wiśniewski").waitFor();
    assert.equal(await run.locator(".diff .plus").count(), 4);
    await accessible(page, "light, answered, run open");
    await shot(page, "answered-light");

    // The page refreshes itself: a new run appears above, and the opened one stays as it is.
    await page.locator("details.run .badge", { hasText: "running" }).waitFor();
    assert.equal(await run.getAttribute("open"), "");
    assert.ok(await run.getByText("Tomasz Wiśniewski").isVisible());
    assert.equal(await page.locator("details.run").count(), 9);
    assert.ok(await page.locator("#systems").getByText("Ravi Patel").isVisible());

    // The address tells the same page again.
    const again = await context.newPage();
    await again.goto(page.url());
    await again.getByRole("region", { name: "Answer" }).getByText(/^Not yet:/).waitFor();

    assert.deepEqual(complaints, []);
    assert.deepEqual(await page.evaluate(() => window.refused), []);
    await context.close();
  });

  test("tells at a glance what is frozen, at risk, held and blocked, and what to type", async () => {
    const { address } = await serve();
    const { page, complaints, context } = await open(address);
    const heeds = page.getByRole("list", { name: "What to know" }).locator("> li");
    assert.deepEqual(await heeds.locator(".badge").allInnerTexts(), ["frozen", "at risk", "waits", "blocked"]);
    const told = (await heeds.allInnerTexts()).join("\n");
    for (const part of [
      "Lisbon is frozen since Sun 22 Nov 08:02", "until Sun 22 Nov 11:37", "by olga: the doors are being rewired", "cardea unfreeze lisbon",
      "2 changes that are due soon", "cardea due", "Changes wait for a person in 1 group", "Second floor: 6 changes", "cardea holds",
      "Bea Fenn, since Sat 21 Nov 09:37", "cardea blocks",
    ]) assert.ok(told.includes(part), `${part} is not in:\n${told}`);
    assert.ok(await page.getByText("Times are those of London.").isVisible());
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("finds an account that is nobody's and explains it", async () => {
    const { address } = await serve();
    const { page, complaints, context } = await open(address);
    await page.getByLabel("Person").pressSequentially("cleaner@");
    await page.getByRole("radio", { name: /Claire Cleaner.*account at kisi, nobody's/ }).waitFor();
    await page.getByLabel("Access group").selectOption({ label: "General access" });
    const answer = page.getByRole("region", { name: "Answer" });
    await answer.getByText("belongs to nobody whom a space system knows").waitFor();
    assert.equal(await answer.getByText("What was considered").count(), 0);
    await accessible(page, "an account that is nobody's");
    await shot(page, "stranger");
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("goes by keyboard alone from the address bar to an answer", async () => {
    const { address } = await serve();
    const { page, context } = await open(address);
    const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim());
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Skip to the content");
    await page.keyboard.press("Enter");
    for (let i = 0; i < 20 && (await focused()) !== "q"; i++) await page.keyboard.press("Tab");
    await page.keyboard.type("ana");
    await page.getByRole("radio", { name: /Ana Lopes/ }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "group");
    await page.keyboard.type("First");
    await page.getByRole("region", { name: "Answer" }).getByText(/^Yes:/).waitFor();
    await context.close();
  });

  test("writes hostile names as text", async () => {
    const { address } = await serve();
    const { page, complaints, context } = await open(address);
    await page.getByLabel("Person").pressSequentially("onerror");
    await page.getByText("Mallory & Sons").waitFor();
    await page.getByLabel("Access group").selectOption({ label: "Server room (not mapped)" });
    await page.getByRole("region", { name: "Answer" }).getByText(/^No:/).waitFor();
    assert.equal(await page.locator("img[src=x], #people script, #answer img").count(), 0);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  for (const [name, options] of Object.entries({
    dark: { colorScheme: "dark" },
    phone: { viewport: { width: 375, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  })) {
    test(`looks right on ${name}`, async () => {
      const { address } = await serve();
      const path = "/?q=ana&person=rnd%2Fperson%3Ap1&group=kisi%2F102&run=r8";
      const { page, complaints, context } = await open(address, options, path);
      await page.getByText("Tomasz Wiśniewski").waitFor();
      await accessible(page, name);
      await shot(page, name);
      assert.equal(await wide(page), 0, "nothing sticks out sideways");
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  for (const width of [390, 768, 1280]) {
    test(`holds many rows and long names at ${width} pixels`, async () => {
      const { address } = await serve("-crowd");
      const path = "/?q=ba&person=rnd%2Fperson%3Ap1&group=kisi%2F102&run=r8";
      const { page, complaints, context } = await open(address, { viewport: { width, height: 900 } }, path);
      await page.getByText("and 4,221 other").or(page.getByText("not listed here")).first().waitFor();
      assert.equal(await wide(page), 0, "nothing sticks out sideways");
      assert.equal(await page.getByRole("list", { name: "What to know" }).locator("> li .badge").first().innerText(), "incident");
      await accessible(page, `crowd at ${width}`);
      await shot(page, `crowd-${width}`);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  test("says what to do when nothing is set up, when nothing works, and when nobody answers", async () => {
    const nothing = await serve("-empty");
    const first = await open(nothing.address);
    await first.page.getByRole("heading", { name: "Nothing is set up yet" }).waitFor();
    await first.page.getByLabel("Person").pressSequentially("ana");
    await first.page.getByText("Nobody is called").waitFor();
    await accessible(first.page, "empty");
    await shot(first.page, "empty");
    nothing.stop();
    await first.page.getByText("Cardea does not answer").waitFor({ timeout: 15000 });
    await shot(first.page, "offline");
    await first.context.close();

    const broken = await serve("-broken");
    const second = await open(broken.address);
    await second.page.getByText("The database cannot be opened").first().waitFor();
    await accessible(second.page, "broken");
    await shot(second.page, "broken");
    await second.context.close();
  });

  test("works without scripts", async () => {
    const { address } = await serve();
    const { page, context } = await open(address, { javaScriptEnabled: false });
    await page.getByLabel("Person").fill("ana lopes");
    await page.getByLabel("Access group").selectOption({ label: "First floor" });
    await page.getByRole("button", { name: "Explain" }).click();
    await page.getByRole("region", { name: "Answer" }).getByText(/^Yes:/).waitFor();
    await context.close();
  });
});
