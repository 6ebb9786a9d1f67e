/** The font of all text in tests. It comes from a package, so that lines are as long on every machine. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const path = createRequire(import.meta.url).resolve("inter-ui/variable/InterVariable.woff2");

export const FONT = { family: "Inter of the tests", data: readFileSync(path).toString("base64") };

/** Runs in the page before anything of it. What the font has no letters for, names from files say, comes from the machine. */
export function setFont({ family, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  document.fonts.add(new FontFace(family, bytes, { weight: "100 900" }));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:root { font-family: "${family}", sans-serif; }`);
  document.adoptedStyleSheets = [sheet];
}

/** The machine's configuration of fonts, with letters drawn in grey and without hints whatever it prefers. */
export function plainLetters(machine = "/etc/fonts/fonts.conf") {
  const settings = [
    ["antialias", "<bool>true</bool>"],
    ["hinting", "<bool>false</bool>"],
    ["autohint", "<bool>false</bool>"],
    ["hintstyle", "<const>hintnone</const>"],
    ["rgba", "<const>none</const>"],
  ].map(([name, value]) => `<edit name="${name}" mode="assign">${value}</edit>`);
  const matches = ["pattern", "font"].map(
    (target) => `<match target="${target}">${settings.join("")}</match>`,
  );
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">${machine}</include>${matches.join("")}</fontconfig>`;
}

/** Text on a page at rest that another font has letters for: what a picture of it would owe to the machine. */
export async function foreignText(page) {
  const session = await page.context().newCDPSession(page);
  try {
    for (const domain of ["DOM", "CSS"]) await session.send(`${domain}.enable`);
    const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
    const written = [];
    const walk = ({ nodeId, children = [], shadowRoots = [] }) => {
      const text = children
        .map(({ nodeType, nodeValue }) => (nodeType === 3 ? nodeValue.trim() : ""))
        .join("");
      if (text !== "") written.push({ nodeId, text });
      for (const child of [...children, ...shadowRoots]) walk(child);
    };
    walk(root);
    const found = await Promise.all(
      written.map(async ({ nodeId, text }) => {
        // What is gone meanwhile is not seen.
        const { fonts } = await session
          .send("CSS.getPlatformFontsForNode", { nodeId })
          .catch(() => ({ fonts: [] }));
        const others = fonts.filter(({ isCustomFont }) => !isCustomFont).map(({ familyName }) => familyName);
        return others.length === 0 ? [] : [`“${text.slice(0, 60)}” in ${others.join(", ")}`];
      }),
    );
    return found.flat();
  } finally {
    await session.detach();
  }
}
