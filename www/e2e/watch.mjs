/** What the page shows for a moment only, kept by the page itself: a story that looks for it may come too late. */

/**
 * Runs in the page before anything of it. Every `{ selector, words, press }` keeps the texts that the selector shows, one for each
 * change. A selector is a component and what to look for in it. `press`: with the first text that has the words a button
 * of the component is pressed, once.
 */
export function watching(first) {
  const roots = new Map();
  const watches = new Map();
  const wholeText = (node) =>
    [...node.childNodes, ...(node.shadowRoot?.childNodes ?? [])]
      .map((child) =>
        child instanceof Element ? wholeText(child) : child.nodeType === Node.TEXT_NODE ? child.data : "",
      )
      .join("");
  const look = () => {
    for (const watch of watches.values()) {
      let text = null;
      for (const [root, name] of roots) {
        if (name !== watch.host || !root.host.isConnected) continue;
        const found = root.querySelector(watch.inside);
        if (found !== null) text = wholeText(found).replace(/\s+/g, " ").trim();
        if (text === null || watch.press === undefined || watch.pressed || !text.includes(watch.words ?? ""))
          continue;
        const button = root.querySelector(watch.press);
        if (button === null) continue;
        watch.pressed = true;
        button.click();
      }
      if (text !== null && text !== watch.last) watch.texts.push(text);
      watch.last = text;
    }
  };
  const observer = new MutationObserver(look);
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    roots.set(root, this.localName);
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
    return root;
  };
  window.watched = {
    add({ selector, ...more }) {
      const [host, ...inside] = selector.split(" ");
      watches.set(selector, { host, inside: inside.join(" "), texts: [], last: null, ...more });
      look();
    },
    textsOf: (selector) => watches.get(selector).texts,
  };
  for (const one of first) window.watched.add(one);
}

/** Watches from now on: to be called before the act. */
export const watch = (page, selector, more = {}) =>
  page.evaluate((one) => window.watched.add(one), { selector, ...more });

/** Waits until a text of what is watched has the words, be it still there or not. */
export async function wasShown(page, selector, words, { from = 0, timeout } = {}) {
  const [source, flags] = words instanceof RegExp ? [words.source, words.flags] : [null, ""];
  const at = await page
    .waitForFunction(
      ([selector, from, words, source, flags]) => {
        const has = (text) => (source === null ? text.includes(words) : new RegExp(source, flags).test(text));
        const found = window.watched.textsOf(selector).findIndex((text, i) => i >= from && has(text));
        return found < 0 ? null : { found };
      },
      [selector, from, words, source, flags],
      { timeout },
    )
    .catch(async (error) => {
      const texts = await page.evaluate((selector) => window.watched.textsOf(selector), selector);
      throw new Error(
        `${selector} has not shown ${words}, but: ${texts.slice(from).join(" | ") || "nothing"}`,
        {
          cause: error,
        },
      );
    });
  return (await at.jsonValue()).found;
}

/** Good news goes by itself after some seconds. */
export const NEWS = "ibmb-explorer #notice p";
const told = new WeakMap();

/** Waits until the page has told this, after what it told the last time. */
export async function tells(page, words, timeout) {
  const from = told.get(page) ?? 0;
  told.set(page, 1 + (await wasShown(page, NEWS, words, { from, timeout })));
}
