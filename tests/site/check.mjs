// Looks at a written site in Chromium: accessibility, links, search, width on a phone, requests to elsewhere.
// node check.mjs SITE_FOLDER SCREENSHOT_FOLDER [URL]
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, readdirSync, statSync, existsSync } from "node:fs";
import { join, resolve, relative, sep } from "node:path";
import { pathToFileURL, fileURLToPath } from "node:url";

const require = createRequire(join(process.env.NODE_MODULES ?? process.cwd(), "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const site = resolve(process.argv[2]);
const shots = resolve(process.argv[3]);
const served = process.argv[4];
mkdirSync(shots, { recursive: true });

const SIZES = [{ name: "1440", width: 1440, height: 1000 }, { name: "390", width: 390, height: 844 }];
const THEMES = ["light", "dark"];
const LARGEST = 200_000;
// Pixels of a page that a screenshot shows, and how long a busy machine may take for anything.
const TALLEST = 4_000;
const PATIENCE = 180_000;

let passed = 0;
const failures = [];
const check = (holds, message) => {
  if (holds) passed += 1;
  else { failures.push(message); console.error("FAILED: " + message); }
};

const files = (folder) => readdirSync(folder).flatMap((name) => {
  const path = join(folder, name);
  return statSync(path).isDirectory() ? files(path) : [path];
});
const pages = files(site).filter((path) => path.endsWith(".html")).sort();
const name = (path) => relative(site, path).split(sep).join("/");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const open = async (size, theme, path) => {
  const context = await browser.newContext({ viewport: { width: size.width, height: size.height }, colorScheme: theme });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.on("request", (request) => {
    const url = request.url();
    const own = url.startsWith("file:") || url.startsWith("data:") || (served && url.startsWith(served));
    check(own, `${path}: a request to elsewhere: ${url}`);
  });
  page.on("pageerror", (error) => check(false, `${path}: ${error.message}`));
  page.on("console", (message) => { if (message.type() === "error") check(false, `${path}: ${message.text()}`); });
  await page.goto(path.startsWith("http") ? path : pathToFileURL(path).href);
  return { context, page };
};

// Size and links, without a browser's help but for the identifiers.
const identifiers = new Map();
for (const path of pages) {
  const text = readFileSync(path, "utf8");
  check(text.length < LARGEST, `${name(path)}: ${text.length} bytes, more than ${LARGEST}`);
  identifiers.set(path, new Set([...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1])));
}
for (const path of pages) {
  const text = readFileSync(path, "utf8");
  for (const [, address] of text.matchAll(/(?:href|src)="([^"]*)"/g)) {
    if (/^(https:|data:)/.test(address)) continue;
    const url = new URL(address.replaceAll("&amp;", "&"), pathToFileURL(path));
    const target = fileURLToPath(url.href.split("#")[0]);
    check(existsSync(target) && statSync(target).isFile(), `${name(path)}: the link ${address} leads nowhere`);
    const anchor = decodeURIComponent(url.hash.slice(1));
    if (anchor && identifiers.has(target)) check(identifiers.get(target).has(anchor), `${name(path)}: no ${address}`);
  }
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  check(twice.length === 0, `${name(path)}: identifiers twice: ${twice.join(", ")}`);
}

// Every page at both widths; those in all combinations that stand for their kind.
const KINDS = ["index.html", "coverage.html", "T1578.002/index.html", "T1578.002/spl.html"];
for (const size of SIZES) {
  for (const theme of THEMES) {
    const usual = (theme === "light") === (size.name === "1440");
    for (const path of pages.filter((path) => usual || KINDS.includes(name(path)))) {
      const { context, page } = await open(size, theme, path);
      const label = `${name(path)} at ${size.name}, ${theme}`;
      await page.evaluate(() => { for (const part of document.querySelectorAll("details")) part.open = true; });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(wide <= 0, `${label}: ${wide} pixels too wide`);
      await page.evaluate(axe);
      const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"], preload: false }));
      for (const violation of found.violations) {
        const grave = violation.impact === "serious" || violation.impact === "critical";
        const places = violation.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ");
        check(!grave, `${label}: ${violation.id} (${violation.impact}): ${violation.help}: ${places}`);
        if (!grave) console.error(`note: ${label}: ${violation.id} (${violation.impact}): ${places}`);
      }
      check(true, label);
      if (KINDS.includes(name(path))) {
        await page.reload();
        const shot = name(path).replaceAll("/", "-").replace(".html", "");
const tall = await page.evaluate(() => document.documentElement.scrollHeight);
        const clip = { x: 0, y: 0, width: size.width, height: Math.min(tall, TALLEST) };
        await page.screenshot({ path: join(shots, `${shot}-${size.name}-${theme}.png`), fullPage: true, clip });
      }
      await context.close();
    }
  }
}

// Search, by keyboard, from a folder on disk.
for (const size of SIZES) {
  const { context, page } = await open(size, "light", join(site, "index.html"));
  await page.keyboard.press("/");
  await page.keyboard.type("snapshot");
  await page.locator("#found li[data-url]").first().waitFor();
  const hits = await page.locator("#found li[data-url]").evaluateAll((items) => items.map((item) => item.dataset.url));
  check(hits.some((url) => url.startsWith("T1578.002/")), `search for "snapshot" at ${size.name} finds ${hits.join(", ")}`);
  await page.screenshot({ path: join(shots, `search-${size.name}.png`) });
  await page.locator("#search").fill("T1578.002");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/T1578\.002\/index\.html/);
  check((await page.title()).startsWith("T1578.002"), "Enter opens what was found");
  await context.close();
}

// Theme, version of ATT&CK, tabs, copying.
{
  const { context, page } = await open(SIZES[0], "light", join(site, "index.html"));
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await background();
  const button = page.locator("#theme");
  await button.click();
  await button.click();
  check((await background()) !== before, "the theme button makes the page dark");
  await page.reload();
  check((await background()) !== before, "the theme is kept");
  check(await page.locator('[data-version="19"]').isVisible(), "the newest ATT&CK is shown first");
  await page.locator(".controls label", { hasText: "v18" }).click();
  check(await page.locator('[data-version="18"]').isVisible(), "ATT&CK 18 can be shown");
  check(!(await page.locator('[data-version="19"]').isVisible()), "one version at a time");
  check(/Defense Evasion/.test(await page.locator('[data-version="18"]').innerText()), "version 18 has its own tactics");
  await context.close();
}
{
  const { context, page } = await open(SIZES[0], "light", join(site, "T1578.002", "index.html"));
  const tabs = page.locator("section.group .tablist").first().locator("button");
  const panels = page.locator("section.group .tabs").first().locator(".panel");
  check((await tabs.count()) === 3, "three languages, three tabs");
  await tabs.first().focus();
  await page.keyboard.press("ArrowRight");
  check(await panels.nth(1).isVisible() && !(await panels.nth(0).isVisible()), "an arrow key changes the tab");
  const figure = panels.nth(1).locator("figure");
  const file = await figure.locator("a[download]").getAttribute("href");
  const text = readFileSync(join(site, "T1578.002", file), "utf8");
  await figure.locator("button.copy").click();
  await figure.locator("button.copy", { hasText: "Copied" }).waitFor();
  await page.evaluate(() => {
    const area = document.createElement("textarea");
    area.id = "pasted";
    document.body.append(area);
    area.focus();
  });
  await page.keyboard.press("Control+V");
  check((await page.locator("#pasted").inputValue()) === text, "what is copied is the file, byte for byte");
  await context.close();
}

if (served) {
  const { context, page } = await open(SIZES[0], "dark", `${served}T1578.002/`);
  await page.keyboard.press("/");
  await page.keyboard.type("snapshot");
  await page.locator("#found li[data-url]").first().waitFor();
  check((await page.locator("h1").innerText()).length > 0, "the server gives the page of a technique");
  await context.close();
}

await browser.close();
console.log(`${pages.length} pages, screenshots in ${relative(process.cwd(), shots) || "."}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
