import assert from "node:assert/strict";
import { PNG } from "pngjs";
import { addressWritten, comesTo, count, findOnMap, mapAtRest, pointAt, until } from "../look.mjs";
import { changed } from "../picture.mjs";
import { tells } from "../watch.mjs";

const entries = (page) =>
  page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
const line = (page) => page.locator("ibmb-map #selection");

/** Ids of the nodes that are selected together, as the address has them: steps from one to the next in base 36. */
async function chosen(page) {
  await addressWritten(page);
  const { nodes = "" } = await entries(page);
  let id = 0;
  return nodes === "" ? [] : nodes.split(".").map((step) => (id += parseInt(step, 36)));
}

const ofClass = (engine, group) =>
  [...engine.graph.labels.keys()].filter((node) => engine.graph.labels[node] === group);

/** How many pixels of the map are near a colour. */
async function pixelsNear(page, [r, g, b], slack = 40) {
  const picture = await page.locator("ibmb-map canvas").screenshot();
  return page.evaluate(
    async ({ base64, colour: [r, g, b], slack }) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      let near = 0;
      for (let i = 0; i < data.length; i += 4)
        if (Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < slack) near++;
      return near;
    },
    { base64: picture.toString("base64"), colour: [r, g, b], slack },
  );
}

async function drag(page, corners) {
  const box = await page.locator("ibmb-map canvas").boundingBox();
  const at = ([x, y]) => [box.x + box.width * x, box.y + box.height * y];
  await page.mouse.move(...at(corners[0]));
  await page.mouse.down();
  for (const corner of corners.slice(1)) await page.mouse.move(...at(corner), { steps: 4 });
  await page.mouse.up();
}

export const stories = {
  "a node is found by its id, a class by its name": async ({ open, engine }) => {
    const page = await open();
    await page.keyboard.press("/");
    await page.keyboard.type("1234");
    const hits = page.locator("ibmb-search li");
    await hits.first().waitFor();
    assert.deepEqual(await hits.allInnerTexts(), [`node 1234\nbatch ${engine.plan.batchOf[1234]}`]);
    await page.keyboard.press("Enter");
    await page.locator("ibmb-batch-panel #node", { hasText: "node 1234" }).waitFor();
    // It stands in the middle of what the legend leaves free.
    await mapAtRest(page);
    const box = await page.locator("ibmb-map canvas").boundingBox();
    const legend = await page.locator("ibmb-map .legend").boundingBox();
    const side = Math.min(28, box.width * 0.05);
    await pointAt(
      page,
      { x: box.x + box.width / 2, y: box.y + (box.height + side - Math.max(56, legend.height + 16)) / 2 },
      "node 1234",
    );

    await page.keyboard.press("/");
    await page.keyboard.type("neural");
    await hits.first().waitFor();
    const group = engine.graph.classNames.findIndex((name) => /neural/i.test(name));
    const members = ofClass(engine, group);
    assert.deepEqual(await hits.allInnerTexts(), [`Neural Networks\nclass, ${count(members.length)} nodes`]);
    await page.keyboard.press("Enter");
    await line(page).waitFor();
    assert.match(
      await line(page).innerText(),
      new RegExp(
        `^${count(members.length)} nodes selected · Neural Networks ${count(members.length)} · batch`,
      ),
    );
    assert.deepEqual(await chosen(page), members);

    await page.keyboard.press("/");
    await page.keyboard.type("no such thing");
    await page.locator("ibmb-search .none").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("ibmb-search .none").waitFor({ state: "detached" });
  },

  "a node is found by a part of its name": async ({ open, engine }) => {
    const page = await open();
    const folder = engine.write("names", {
      "people.csv": "source,target\nAda,Grace\nGrace,Emmy\nEmmy,Ada\nadam,Ada\n",
    });
    await page.locator("ibmb-data-panel #files").setInputFiles(`${folder}/people.csv`);
    await tells(page, "Opened people");
    await page.keyboard.press("/");
    await page.keyboard.type("AD");
    const hits = page.locator("ibmb-search li .clip");
    await hits.first().waitFor();
    assert.deepEqual(await hits.allInnerTexts(), ["Ada", "adam"]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator("ibmb-batch-panel #node", { hasText: "adam" }).waitFor();
  },

  "rectangle and lasso select what is inside, and the line counts it": async ({ open, engine }) => {
    const page = await open();
    await mapAtRest(page);
    const { numNodes, labels, classNames } = engine.graph;
    await page.locator("ibmb-map #rectangle").click();
    assert.equal(await page.locator("ibmb-map #rectangle").getAttribute("aria-pressed"), "true");
    const blue = await pixelsNear(page, [21, 88, 192]);
    await drag(page, [
      [0, 0],
      [0.5, 1],
    ]);
    const left = await chosen(page);
    await until(
      () => pixelsNear(page, [21, 88, 192]),
      (now) => now > blue + 200,
      "the selected nodes wear a ring",
    );
    await drag(page, [
      [0.998, 0.998],
      [0.5, 0],
    ]);
    const right = await chosen(page);
    assert.ok(left.length > 500 && right.length > 500);
    assert.equal(left.length + right.length, numNodes, "two halves hold every node once");
    assert.deepEqual(
      [...left, ...right].sort((a, b) => a - b),
      [...Array(numNodes).keys()],
    );
    const counts = new Map();
    for (const node of right) counts.set(labels[node], (counts.get(labels[node]) ?? 0) + 1);
    const [group, most] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
    assert.ok(
      (await line(page).innerText()).startsWith(
        `${count(right.length)} nodes selected · ${classNames[group].replaceAll("_", " ")} ${count(most)}`,
      ),
      await line(page).innerText(),
    );

    await page.keyboard.down("Shift");
    await drag(page, [
      [0, 0],
      [0.5, 1],
    ]);
    await page.keyboard.up("Shift");
    assert.equal((await chosen(page)).length, numNodes, "with Shift the areas come together");
    await line(page).locator("button", { hasText: "clear" }).click();
    await line(page).waitFor({ state: "detached" });

    await page.keyboard.press("l");
    assert.equal(await page.locator("ibmb-map #lasso").getAttribute("aria-pressed"), "true");
    // A triangle over the upper left half, then its other half.
    await drag(page, [
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    const above = await chosen(page);
    await drag(page, [
      [0.998, 0.998],
      [1, 0],
      [0, 1],
    ]);
    const below = await chosen(page);
    assert.equal(above.length + below.length, numNodes);
    assert.ok(above.length > 200 && below.length > 200);
    await page.locator("ibmb-map #lasso").click();
    await page.locator("ibmb-map #to-selection").click();
    await page.keyboard.press("z");
    assert.deepEqual(await chosen(page), above, "undo brings the selection before back");
  },

  "the node under the pointer is the one that a click and Shift and a click take": async ({
    open,
    engine,
  }) => {
    const page = await open();
    const place = await findOnMap(page, /output of batch 5/);
    const name = (await page.locator("ibmb-map .card strong").innerText()).trim();
    const node = Number(name.match(/\d+/)[0]);
    assert.equal(engine.plan.batchOf[node], 5);
    await page.keyboard.down("Shift");
    await page.mouse.click(place.x, place.y);
    await page.keyboard.up("Shift");
    assert.deepEqual(await chosen(page), [node]);
    assert.equal(
      await page
        .locator("#status")
        .innerText()
        .then((text) => text.startsWith("Batch 3")),
      true,
      "the batch stays",
    );
    const moved = await findOnMap(page, new RegExp(`^${name}\n`));
    await page.mouse.click(moved.x, moved.y);
    await page.locator("ibmb-batch-panel #node", { hasText: name }).waitFor();
    await page.keyboard.down("Shift");
    await page.mouse.click(moved.x, moved.y);
    await page.keyboard.up("Shift");
    assert.deepEqual(await chosen(page), []);
  },

  "moved, dimmed, led to another batch and back, the map is as it was": async ({ open }) => {
    const page = await open();
    await page.locator("ibmb-map #shares", { hasText: "all edges" }).waitFor();
    const canvas = page.locator("ibmb-map canvas");
    const box = await canvas.boundingBox();
    /** The map with the focus of the keyboard and without a card, when it has come to rest. */
    const atRest = async () => {
      await page.mouse.move(box.x - 20, box.y);
      await canvas.focus();
      await page.keyboard.press("Shift");
      return mapAtRest(page);
    };
    const asBefore = await atRest();
    const unlike = async () => changed(PNG.sync.read(asBefore), PNG.sync.read(await atRest())).most;
    const ways = {
      "another batch": [() => page.keyboard.press("ArrowDown"), () => page.keyboard.press("ArrowUp")],
      "a movement": [
        () => page.keyboard.press("Shift+ArrowRight"),
        () => page.keyboard.press("Shift+ArrowLeft"),
      ],
      "a node": [() => page.keyboard.press("ArrowRight"), () => page.keyboard.press("Escape")],
      "a class that is kept bright": [
        () => page.locator("ibmb-map .legend button").last().click(),
        () => page.locator("ibmb-map .legend button").last().click(),
      ],
      "the dark": [
        () => page.emulateMedia({ colorScheme: "dark" }),
        () => page.emulateMedia({ colorScheme: "light" }),
      ],
    };
    for (const [name, [there, back]] of Object.entries(ways)) {
      await there();
      await until(unlike, (most) => most > 100, `${name} is seen`);
      await back();
      await comesTo(unlike, 0, `after ${name} the map is as it was`);
    }
  },

  "the legend filters by class, batch, split, part and correctness": async ({ open, engine }) => {
    const page = await open();
    const legend = page.locator("ibmb-map .legend");
    const kept = async () =>
      Number((await legend.locator("#filtered").innerText()).split(" ")[0].replace(",", ""));
    const press = (name) => legend.getByRole("button", { name, exact: true }).click();
    await page.keyboard.press("2");
    await page.locator('ibmb-map button[aria-pressed="true"]', { hasText: "Class" }).waitFor();
    await mapAtRest(page);
    const theory = engine.graph.classNames.indexOf("Theory");
    const [blue, pink] = [
      await pixelsNear(page, [0, 114, 178], 60),
      await pixelsNear(page, [204, 121, 167], 60),
    ];
    await press("Theory");
    const members = ofClass(engine, theory);
    assert.equal(await kept(), members.length);
    await until(
      () => pixelsNear(page, [0, 114, 178], 60),
      (now) => now > blue,
      "what is kept is brighter",
    );
    await until(
      () => pixelsNear(page, [204, 121, 167], 60),
      (now) => now < 0.1 * pink,
      "what is dimmed has lost its colour",
    );
    await press("output");
    const batch = await engine.plan.batch(3);
    const both = members.filter((node) => batch.outputNodes.includes(node));
    assert.equal(await kept(), both.length, "kinds narrow each other down");
    await legend.locator("button", { hasText: "select them" }).click();
    assert.deepEqual(await chosen(page), both);
    await legend.locator("button", { hasText: "show all" }).click();
    await legend.locator("#filtered").waitFor({ state: "detached" });

    await page.keyboard.press("6");
    await press("test");
    const { train, test } = Object.values(engine.graph.splits)[0];
    assert.equal(await kept(), test.length);
    await press("train");
    assert.equal(await kept(), test.length + train.length, "groups of a kind come together");
    await page.keyboard.press("1");
    await legend.locator("button", { hasText: "show all" }).click();
    await press("batch 2");
    assert.equal(await kept(), engine.plan.table.numOutputs[2]);
    await legend.locator("button", { hasText: "show all" }).click();

    await page.locator("ibmb-model-panel #run:enabled").click();
    await page.locator("ibmb-model-panel #summary").waitFor();
    await page.keyboard.press("4");
    await press("incorrect");
    const wrong = await kept();
    await press("incorrect");
    await press("correct");
    assert.equal(
      (await kept()) + wrong,
      engine.graph.labels.length,
      "every labelled output is correct or incorrect",
    );
  },

  "keyboard only: find, select, filter, draw an area, move, colour, undo": async ({ open, engine }) => {
    const page = await open();
    const focused = () =>
      page.evaluate(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return at?.id || at?.getAttribute("aria-label") || at?.textContent.trim() || at?.localName;
      });
    const tabTo = async (name) => {
      const seen = [];
      for (let i = 0; i < 120; i++) {
        const now = await focused();
        if (now?.startsWith(name)) return;
        seen.push(now);
        await page.keyboard.press("Tab");
      }
      assert.fail(`${name} is not reached by Tab: ${seen.join(", ")}`);
    };
    await page.keyboard.press("/");
    await page.keyboard.type("node 100");
    await page.locator("ibmb-search li").first().waitFor();
    await page.keyboard.press("Enter");
    await page.locator("ibmb-batch-panel #node", { hasText: "node 100" }).waitFor();
    await tabTo("Map of the graph");
    await page.keyboard.press("m");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("m");
    const two = await chosen(page);
    assert.equal(two.length, 2);
    assert.ok(two.includes(100));
    await page.keyboard.press("0");
    await page.keyboard.press("l");
    await page.keyboard.press("Enter");
    assert.equal((await chosen(page)).length, engine.graph.numNodes, "all nodes are in view");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("ibmb-map #lasso").getAttribute("aria-pressed"), "false");
    for (let i = 0; i < 7; i++) await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("l");
    await page.keyboard.press("Enter");
    const some = await chosen(page);
    assert.ok(
      some.length > 0 && some.length < engine.graph.numNodes,
      `${some.length} nodes are left in view of the map that was moved`,
    );
    await page.keyboard.press("Escape");
    await page.keyboard.press("2");
    await tabTo("Theory");
    await page.keyboard.press("Enter");
    await addressWritten(page);
    assert.equal((await entries(page)).filter, `class:${engine.graph.classNames.indexOf("Theory")}`);
    await tabTo("show all");
    await page.keyboard.press("Enter");
    await tabTo("clear");
    await page.keyboard.press("Enter");
    assert.deepEqual(await chosen(page), []);
    await page.keyboard.press("z");
    assert.deepEqual(await chosen(page), some);
  },
};
