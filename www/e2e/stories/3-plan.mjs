import assert from "node:assert/strict";
import { PLAN } from "../engine.mjs";
import { count, setOption, status } from "../look.mjs";

const captured = async (page) => parseFloat(await page.locator("#plan-result strong").textContent());
const digestIs = (page, digest) => page.locator(`#chip-plan[data-digest="${digest}"]`).waitFor();

export const stories = {
  "more auxiliary nodes capture more influence": async ({ open, engine }) => {
    const page = await open();
    const shares = [];
    for (const topK of [4, 32, 64]) {
      const expected = await engine.graph.plan({ ...PLAN, topK });
      await setOption(page, "topK", topK);
      await digestIs(page, expected.stats.digest);
      assert.ok(
        (await status(page)).includes(`${count(expected.table.numAuxiliary[3])} auxiliary`),
        await status(page),
      );
      shares.push(await captured(page));
      assert.equal(shares.at(-1), Number((expected.stats.capturedMass * 100).toFixed(1)));
      expected.dispose();
    }
    assert.ok(shares[0] < shares[1] && shares[1] < shares[2], shares.join());
    await page.locator("ibmb-map canvas").focus();
    await page.keyboard.press("]");
    const one = await engine.graph.plan({ ...PLAN, topK: 65 });
    await digestIs(page, one.stats.digest);
    one.dispose();
  },

  "a value out of range is named and changes nothing": async ({ open, engine }) => {
    const page = await open();
    await setOption(page, "alpha", 1.5);
    const problem = page.locator('[data-option="alpha"] .problem');
    await problem.waitFor();
    assert.equal(await problem.textContent(), "alpha must be a number above 0 up to 1.");
    await page.waitForTimeout(400);
    assert.equal(await page.locator("#chip-plan").getAttribute("data-digest"), engine.plan.stats.digest);
    await page.locator("ibmb-plan-panel button", { hasText: "defaults" }).click();
    await problem.waitFor({ state: "detached" });
    assert.equal(await page.locator('[data-option="alpha"] input[type=number]').inputValue(), "0.25");
  },

  "other outputs make other batches": async ({ open, engine }) => {
    const page = await open();
    await page.locator('[data-option="outputNodes"] select').selectOption("test");
    const expected = await engine.graph.plan({ ...PLAN, outputNodes: "test" });
    await digestIs(page, expected.stats.digest);
    assert.equal(await page.locator("#chip-plan").textContent(), `${expected.numBatches} batches`);
    expected.dispose();
  },
};
