/** Takes docs/first-view.png from the built page: `screenshot.mjs [FILE]`. */
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, openPage, servePage } from "../www/e2e/browser.mjs";

const file = resolve(process.argv[2] ?? fileURLToPath(new URL("../docs/first-view.png", import.meta.url)));
mkdirSync(dirname(file), { recursive: true });
const server = await servePage();
const browser = await launch();
const { page, faults } = await openPage(browser.context, server.url, {
  viewport: { width: 1440, height: 900 },
  colorScheme: "light",
});
const run = page.locator("ibmb-model-panel #run:enabled");
await run.waitFor();
await run.click();
await page.locator("ibmb-model-panel #summary").waitFor();
// A strong auxiliary node is selected, so that the picture shows why it is there.
const map = page.locator("ibmb-map canvas");
await map.focus();
for (
  let i = 0;
  i < 400 && !(await page.locator("ibmb-batch-panel section p", { hasText: "▲ Auxiliary" }).count());
  i++
) {
  await page.keyboard.press("ArrowRight");
}
await page.locator("ibmb-why .influencers li").first().waitFor();
await map.blur();
await page.waitForTimeout(500);
await page.screenshot({ path: file });
await browser.close();
await server.close();
if (faults.length > 0) throw new Error(faults.join("\n"));
console.log(file);
