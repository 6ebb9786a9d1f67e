/** The worker's objects of the wasm, which the client knows by number. */

import { IbmbError } from "../contract/errors.js";
import type { HandleId, Opened } from "../contract/protocol.js";
import { type Freeable, freeing } from "./freeing.js";
import { runSteps, type Steps, type Task } from "./jobs.js";

const objects = new Map<HandleId, Freeable>();
let nextHandle = 1;

/** Keeps an object under a number. */
export function keep(made: Freeable): HandleId {
  const handle = nextHandle++;
  objects.set(handle, made);
  return handle;
}

/** Frees the object of a number; quiet when it is gone. */
export function dispose(handle: HandleId): void {
  objects.get(handle)?.free();
  objects.delete(handle);
}

/** Runs a job to its end and takes its result. */
export function finished(job: Steps & Freeable & { finish(): unknown }, task: Task): Promise<unknown> {
  return freeing(job, async () => {
    await runSteps(job, task);
    return job.finish();
  });
}

/** Keeps an object and tells of it; frees it when telling fails. */
export function opened<Info>(made: Freeable, info: () => Info): Opened<Info> {
  try {
    const told = info();
    return { handle: keep(made), info: told };
  } catch (thrown) {
    made.free();
    throw thrown;
  }
}

/** The object of a number. Its class has a private constructor, so that only the prototype tells its type. */
// biome-ignore lint/complexity/noBannedTypes: no other type takes a class whose constructor is private.
export function object<T extends Freeable>(handle: HandleId, kind: { prototype: T } & Function): T {
  const found = objects.get(handle);
  if (found instanceof kind) return found as T;
  throw new IbmbError("disposed", "the object is disposed");
}
