import assert from "node:assert/strict";
import { createServer } from "node:http";
import { PLAN } from "../engine.mjs";
import { tells } from "../watch.mjs";

const EDGES = `source,target\n${Array.from({ length: 30 }, (_, i) => `${i},${(i + 1) % 30}\n${i},${(i + 7) % 30}\n`).join("")}`;
const TRIPS = `day,origin,stop,km\n${Array.from({ length: 40 }, (_, i) => `${(i % 5) + 1},${i},${(i * 7 + 3) % 40},${(i % 9) + 0.5}\n`).join("")}`;
const OPEN = { "access-control-allow-origin": "*" };

/** A server of graphs on another port. Whatever waits, waits until it is let go. */
async function serveGraphs() {
  const waiting = [];
  const seen = [];
  const answers = {
    "/ring.csv": (response) => response.writeHead(200, { ...OPEN, "content-type": "text/csv" }).end(EDGES),
    "/trips.csv": (response) => response.writeHead(200, { ...OPEN, "content-type": "text/csv" }).end(TRIPS),
    "/closed.csv": (response) => response.writeHead(200, { "content-type": "text/csv" }).end(EDGES),
    "/page": (response) =>
      response
        .writeHead(200, { ...OPEN, "content-type": "text/html" })
        .end("\n<!DOCTYPE html><title>Data</title>"),
    "/secret.csv": (response) => response.writeHead(403, OPEN).end(),
    "/large.csv": (response) =>
      response.writeHead(200, { ...OPEN, "content-length": "3000000000" }).write("0,1\n"),
    "/broken.csv": (response) => response.writeHead(200, OPEN).end("source,target\n0,1\n1,-5\n"),
    "/cut.csv": (response) => {
      response.writeHead(200, { ...OPEN, "content-length": "5000" }).write("0,1\n");
      setTimeout(() => response.destroy(), 100);
    },
    "/slow.csv": (response) => {
      response.writeHead(200, { ...OPEN, "content-length": String(EDGES.length) }).write(EDGES.slice(0, 100));
      waiting.push(() => response.end(EDGES.slice(100)));
    },
  };
  const server = createServer((request, response) => {
    seen.push(request);
    const answer = answers[new URL(request.url, "http://x").pathname];
    if (answer) answer(response);
    else response.writeHead(404, OPEN).end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    seen,
    letGo: () => waiting.splice(0).forEach((end) => end()),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function ask(page, address) {
  await page.locator("ibmb-data-panel #address").fill(address);
  await page.locator("ibmb-data-panel #address").press("Enter");
}

const digest = (page) => page.locator("#chip-plan").getAttribute("data-digest");

/** The plan that the page must have of the ring. */
async function ringPlan({ client }, options = {}) {
  const graph = await client.openGraph({ name: "ring.csv", data: new TextEncoder().encode(EDGES) });
  const plan = await graph.plan({ ...PLAN, ...options });
  graph.dispose();
  return plan;
}

export const stories = {
  "a graph is opened by its address, and its link opens it again": async ({ open, engine, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const server = await serveGraphs();
    try {
      const page = await open({ elsewhere: server.url });
      await ask(page, ` ${server.url}/ring.csv `);
      await page.locator("ibmb-header .what", { hasText: "30 nodes · 60 edges" }).waitFor();
      await page.locator("ibmb-data-panel", { hasText: `from ${server.url}/ring.csv` }).waitFor();
      assert.equal(await digest(page), (await ringPlan(engine)).stats.digest);
      const [asked] = server.seen;
      assert.deepEqual(
        [asked.headers.cookie, asked.headers.referer],
        [undefined, undefined],
        "nothing of the page is told",
      );
      await page.locator('ibmb-plan-panel [data-option="topK"] input[type=number]').fill("4");
      await page.locator('ibmb-plan-panel [data-option="topK"] input[type=number]').blur();
      const changed = await ringPlan(engine, { topK: 4 });
      await page.locator(`#chip-plan[data-digest="${changed.stats.digest}"]`).waitFor();
      await page.locator("#share").click();
      await tells(page, "Link copied. It holds the graph's address, the settings");
      const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));

      const again = await open({ elsewhere: server.url, hash: link.hash });
      await again.locator("ibmb-header .what", { hasText: "30 nodes" }).waitFor();
      assert.equal(await digest(again), changed.stats.digest);

      const search = await open({
        elsewhere: server.url,
        search: `?graph=${encodeURIComponent(`${server.url}/ring.csv`)}&lang=en`,
      });
      await search.locator("ibmb-header .what", { hasText: "30 nodes" }).waitFor();
      await search.waitForFunction(
        (graph) => new URLSearchParams(location.hash.slice(1)).get("graph") === graph,
        `${server.url}/ring.csv`,
      );
      assert.equal(await search.evaluate(() => location.search), "?lang=en", "one state, in one place");
      await search.evaluate(() => (location.hash = "graph=karate"));
      await search.locator("#notice.error", { hasText: "This link shows the sample Karate club." }).waitFor();
    } finally {
      server.close();
    }
  },

  "how the columns of a table are read stands in the link, is one step, and is there again": async ({
    open,
    engine,
  }) => {
    const server = await serveGraphs();
    try {
      const page = await open({ elsewhere: server.url });
      const planned = async (edgeList, weights) => {
        const graph = await engine.client.openGraph(
          { name: "trips.csv", data: new TextEncoder().encode(TRIPS) },
          { edgeList, weights },
        );
        const plan = await graph.plan(PLAN);
        graph.dispose();
        return plan.stats.digest;
      };
      const shown = (one, digest) => one.locator(`#chip-plan[data-digest="${digest}"]`).waitFor();
      const pick = (name, value) =>
        page.locator(`ibmb-columns [data-option="${name}"] select`).selectOption(value);
      const [guessed, said] = [
        await planned({}),
        await planned({ source: 1, target: 2, weight: 3, ids: "names" }, "use"),
      ];
      assert.notEqual(guessed, said);
      await ask(page, `${server.url}/trips.csv`);
      await shown(page, guessed);
      await page.locator("ibmb-data-panel #columns").click();
      await pick("source", "1");
      await pick("target", "2");
      await pick("weight", "3");
      await pick("ids", "names");
      await page.locator("ibmb-columns #open:enabled").click();
      await shown(page, said);
      const wanted = {
        graph: `${server.url}/trips.csv`,
        weights: "use",
        source: "1",
        target: "2",
        weight: "3",
        ids: "names",
      };
      await page.waitForFunction((entries) => {
        const found = new URLSearchParams(location.hash.slice(1));
        return (
          Object.entries(entries).every(([key, value]) => found.get(key) === value) &&
          found.size === Object.keys(entries).length
        );
      }, wanted);
      const hash = await page.evaluate(() => location.hash);
      await page.keyboard.press("z");
      await shown(page, guessed);
      await page.keyboard.press("Z");
      await shown(page, said);

      const again = await open({ elsewhere: server.url, hash });
      await shown(again, said);
      assert.equal(await again.locator("#notice.error").count(), 0);
      assert.equal(await again.locator("#undo").isEnabled(), false);
      // Columns that are not there: the table opens as it is guessed, and why is said.
      const wrong = await open({ elsewhere: server.url, hash: hash.replace("source=1", "source=9") });
      await wrong.locator("#notice.error", { hasText: "trips.csv" }).waitFor();
      await shown(wrong, guessed);

      // A table of one's own is asked about; what the link says of it counts more.
      const own = await open({ hash: `#${new URLSearchParams({ ...wanted, graph: "file:trips" })}` });
      await own.locator("#notice.error", { hasText: "Open trips here to see the same." }).waitFor();
      await own
        .locator("ibmb-data-panel #files")
        .setInputFiles({ name: "trips.csv", mimeType: "text/csv", buffer: Buffer.from(TRIPS) });
      await own.locator("ibmb-columns #open:enabled").click();
      await shown(own, said);
    } finally {
      server.close();
    }
  },

  "an address that gives no graph is explained, and what is open stays": async ({ open, engine }) => {
    const server = await serveGraphs();
    try {
      const page = await open({ elsewhere: server.url });
      for (const [address, why] of [
        [
          `${server.url}/closed.csv`,
          /could not be loaded\. Either the server cannot be reached, or it does not allow other pages to read its files \(it must send the header Access-Control-Allow-Origin\)\. Download the file and drop it on this page instead\./,
        ],
        [
          `${server.url}/none.csv`,
          /none\.csv answered 404 Not Found\. There is no such file: check the address\./,
        ],
        [
          `${server.url}/secret.csv`,
          /answered 403 Forbidden\. The server requires a login, which this page cannot send\./,
        ],
        [`${server.url}/page`, /is a web page, not a file\. Use the address of the file itself/],
        [
          `${server.url}/large.csv`,
          /is too large: at least 3,000,000,000 bytes, the limit is 2,147,483,648\./,
        ],
        [`${server.url}/cut.csv`, /the connection ended after 4 bytes\. Try again\./],
        [`${server.url}/broken.csv`, /broken\.csv, line 3: /],
        ["edges.csv", /edges\.csv is not a web address: it must begin with https:\/\/ or http:\/\//],
        ["javascript:alert(1)", /is not a web address/],
      ]) {
        await ask(page, address);
        const notice = page.locator("#notice.error");
        await notice.waitFor();
        const text = await notice.locator("p").innerText();
        assert.match(text, why);
        assert.match(text, /Your open graph is unchanged\.$/);
        await notice.getByRole("button", { name: "Close the message" }).click();
      }
      assert.match(await page.locator("ibmb-header .what").innerText(), /Cora/);
      assert.equal(await digest(page), engine.plan.stats.digest);
      await page.locator("ibmb-batch-table #row-5").click();
      await page.locator("#status", { hasText: "Batch 5 predicts" }).waitFor();

      const linked = await open({
        elsewhere: server.url,
        search: `?graph=${encodeURIComponent(`${server.url}/none.csv`)}`,
      });
      await linked
        .locator("#notice.error", { hasText: /answered 404 Not Found\..* Cora is shown instead\./ })
        .waitFor();
      assert.equal(await digest(linked), engine.plan.stats.digest);
    } finally {
      server.close();
    }
  },

  "a download shows its bytes and can be cancelled": async ({ open, engine }) => {
    const server = await serveGraphs();
    try {
      const page = await open({ elsewhere: server.url });
      const panel = page.locator("ibmb-data-panel");
      await ask(page, `${server.url}/slow.csv`);
      await panel.locator("ibmb-progress", { hasText: `downloading 100 of ${EDGES.length}` }).waitFor();
      await panel.locator("button", { hasText: "Cancel" }).click();
      await panel.locator("#address").waitFor();
      assert.equal(await page.locator("#notice").count(), 0);
      assert.equal(await digest(page), engine.plan.stats.digest);
      server.letGo();
      await ask(page, `${server.url}/slow.csv`);
      await panel.locator("ibmb-progress", { hasText: "downloading 100 of" }).waitFor();
      server.letGo();
      await page.locator("ibmb-header .what", { hasText: "30 nodes" }).waitFor();
    } finally {
      server.close();
    }
  },
};
