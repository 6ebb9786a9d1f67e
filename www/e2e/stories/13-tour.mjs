import assert from "node:assert/strict";

const card = (page) => page.locator("ibmb-tour section");

export const stories = {
  "a first visit has a tour of three steps, by keyboard, and help shows it again": async ({ open }) => {
    const page = await open({ tour: true });
    await card(page).waitFor();
    assert.match(await card(page).innerText(), /1 of 3/);
    assert.equal(await page.locator("main.toured").count(), 1);
    const next = page.locator("ibmb-tour #next");
    await next.focus();
    await page.keyboard.press("Enter");
    assert.match(await card(page).innerText(), /2 of 3/);
    assert.equal(await page.locator(".setup.toured").count(), 1);
    await page.locator("ibmb-tour #back").click();
    assert.match(await card(page).innerText(), /1 of 3/);
    await next.click();
    await next.click();
    assert.match(await card(page).innerText(), /3 of 3/);
    await next.click();
    await card(page).waitFor({ state: "detached" });
    assert.equal(await page.locator(".toured").count(), 0);
    await page.keyboard.press("?");
    await page.locator("ibmb-help #tour").click();
    await card(page).waitFor();
    await page.locator("ibmb-tour #skip").click();
    await card(page).waitFor({ state: "detached" });
  },

  "the tour goes at the first act, and a link has none": async ({ open }) => {
    const page = await open({ tour: true });
    await card(page).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.locator("#status", { hasText: "Batch 4 predicts" }).waitFor();
    await card(page).waitFor({ state: "detached" });
    const linked = await open({ hash: "#batch=2" });
    assert.equal(await card(linked).count(), 0);
  },
};
