/** A browser on the built page, served by Vite's preview. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { preview } from "vite";
import { FONT, plainLetters, setFont } from "./font.mjs";
import { NEWS, watching } from "./watch.mjs";

const flags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  // Pages are drawn by the processor: software that stands in for a graphics card draws thin lines now so, now so.
  "--disable-gpu-rasterization",
  // Letters are drawn in the same way whatever the machine prefers.
  "--font-render-hinting=none",
  "--disable-lcd-text",
  "--disable-font-subpixel-positioning",
];

/** A machine that has other work is waited for: nothing that a story waits for takes a fraction of this. */
const PATIENCE_MS = 60_000;

/** Where a Chromium is: `CHROMIUM`, or the usual places. */
export function findChromium() {
  const places = [
    process.env.CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
  ];
  const found = places.find((place) => place && existsSync(place));
  if (!found) throw new Error("no Chromium found: install it, or set CHROMIUM to its path");
  return found;
}

/** Serves www/dist on a free port. */
export async function servePage() {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const server = await preview({
    root,
    logLevel: "error",
    preview: { port: 0, host: "127.0.0.1", strictPort: false, open: false },
  });
  const { port } = server.httpServer.address();
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

/** A browser with a profile of its own. `close()` leaves nothing behind. */
export async function launch(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "ibmb-e2e-"));
  const fonts = join(profile, "fonts.conf");
  writeFileSync(fonts, plainLetters(process.env.FONTCONFIG_FILE));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    headless: false,
    args: flags,
    env: { ...process.env, FONTCONFIG_FILE: fonts },
    viewport: { width: 1440, height: 900 },
    acceptDownloads: true,
    ...options,
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/**
 * Opens the page, waits until the first plan is drawn and skips the tour, unless it is what the story is about. `faults` collects what must never happen:
 * console errors, exceptions, breaches of the content security policy, requests to elsewhere. A story that asks for a server of
 * its own names it as `elsewhere`; what the browser says of its answers is no fault. `watched`: what is watched from the start.
 */
export async function openPage(
  context,
  url,
  {
    viewport,
    colorScheme = "light",
    script,
    search = "",
    hash = "",
    tour = false,
    elsewhere = null,
    watched = [],
  } = {},
) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults = [];
  page.on("console", (message) => {
    const own = elsewhere !== null && `${message.text()} ${message.location().url}`.includes(elsewhere);
    if (message.type() === "error" && !own) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const named = elsewhere !== null && request.url().startsWith(elsewhere);
    if (!named && !request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
      faults.push(`request to ${request.url()}`);
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await page.addInitScript(setFont, FONT);
  await page.addInitScript(watching, [{ selector: NEWS }, ...watched]);
  if (script) await page.addInitScript(script);
  if (viewport) await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  await page.goto(`${url}${search}${hash}`);
  await page
    .locator("ibmb-map #status")
    .filter({ hasText: /predicts/ })
    .waitFor();
  if (!tour && hash === "" && search === "") await page.locator("ibmb-tour #skip").click();
  return { page, faults };
}
