import type { InputFile, WorkOptions } from "ibmb";
import { count } from "../state/words.ts";

/** Half of a wasm memory, as the package bounds a file. */
const MOST_BYTES = 2 ** 31;

const INSTEAD = "Download the file and drop it on this page instead.";

/**
 * Downloads a file from elsewhere, because the user names it: no cookies are sent, and not where the request
 * comes from. Progress in the stage `downloading` counts bytes; the total is 0 where the server does not say.
 */
export async function fetchAddress(
  address: string,
  { signal, onProgress }: WorkOptions,
  mostBytes = MOST_BYTES,
): Promise<InputFile> {
  const url = webAddress(address);
  let response: Response;
  try {
    response = await fetch(url, {
      ...(signal === undefined ? {} : { signal }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-cache",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Error(`${url.href} could not be loaded. ${whyNot(url)} ${INSTEAD}`);
  }
  if (!response.ok) {
    void response.body?.cancel();
    throw new Error(
      `${url.href} answered ${response.status} ${response.statusText}`.trim() +
        `. ${refused(response.status)} ${INSTEAD}`,
    );
  }
  const total = Number(response.headers.get("content-length") ?? 0);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  const check = (bytes: number) => {
    if (bytes > mostBytes)
      throw new Error(
        `${url.href} is too large: at least ${count(bytes)} bytes, the limit is ${count(mostBytes)}`,
      );
  };
  const reader = response.body!.getReader();
  try {
    check(total);
    while (true) {
      const read = await next(reader, url, () => done, signal);
      if (read.done) break;
      if (done === 0 && isWebPage(read.value)) {
        throw new Error(
          `${url.href} is a web page, not a file. Use the address of the file itself, for example behind "Raw" or "Download"`,
        );
      }
      chunks.push(read.value);
      done += read.value.length;
      check(done);
      // What is packed on its way has more bytes than the server announced.
      onProgress?.({ stage: "downloading", done, total: done > total ? 0 : total });
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
  if (done === 0) throw new Error(`${url.href} is empty`);
  return { name: nameOf(url), data: new Blob(chunks) };
}

function webAddress(address: string): URL {
  const text = address.trim();
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(`${address.slice(0, 200)} is not a web address: it must begin with https:// or http://`);
  }
  return url;
}

async function next(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  url: URL,
  done: () => number,
  signal: AbortSignal | undefined,
) {
  try {
    return await reader.read();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Error(`${url.href}: the connection ended after ${count(done())} bytes. Try again`);
  }
}

/** Browsers tell pages nothing of why a request failed; what is left are the usual reasons. */
function whyNot(url: URL): string {
  if (!navigator.onLine) return "This machine is offline.";
  if (location.protocol === "https:" && url.protocol === "http:")
    return "This page was loaded by https and must not read from http: use an address with https://.";
  return "Either the server cannot be reached, or it does not allow other pages to read its files (it must send the header Access-Control-Allow-Origin).";
}

function refused(status: number): string {
  if (status === 404 || status === 410) return "There is no such file: check the address.";
  if (status === 401 || status === 403) return "The server requires a login, which this page cannot send.";
  return "The server does not deliver the file at the moment.";
}

/** Whether bytes begin like HTML. */
function isWebPage(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 512)).trimStart().toLowerCase();
  return start.startsWith("<!doctype html") || start.startsWith("<html");
}

/** The last part of the path, by which files are told apart where their content leaves it open. */
function nameOf({ pathname, hostname }: URL): string {
  const last = pathname.split("/").findLast((part) => part !== "");
  if (last === undefined) return hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
