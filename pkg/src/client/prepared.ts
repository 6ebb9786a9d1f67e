/** An inference method that is prepared in the worker, for any number of passes. */

import { checkNumber } from "../contract/check.js";
import { PASSES } from "../contract/generated/checked.js";
import type { Opened, Passes, PreparedInfo } from "../contract/protocol.js";
import type { InferencePoint, PassOptions, PreparedHandle } from "../contract/types.js";
import type { Engine } from "./engine.js";
import { Remote } from "./remote.js";

/**
 * The numbers of passes, with the defaults where nothing is said. The first runs of a kernel are compiled in haste and
 * several times slower: they are the warm-ups.
 *
 * @throws {IbmbError} `invalid_option` for what is not a whole number in range.
 */
export function readPasses({
  repeats = PASSES.repeats.default,
  warmUps = PASSES.warmUps.default,
}: PassOptions): Passes {
  checkNumber(PASSES.repeats, repeats);
  checkNumber(PASSES.warmUps, warmUps);
  return { repeats, warmUps };
}

/** A prepared inference method in the worker. */
export class PreparedObject extends Remote implements PreparedHandle {
  readonly prepareMs: number;
  readonly prepareByStage: Record<string, number>;

  constructor(engine: Engine, { handle, info }: Opened<PreparedInfo>) {
    super(engine, handle, "preparation");
    this.prepareMs = info.prepareMs;
    this.prepareByStage = info.prepareByStage;
  }

  async measure(options: PassOptions = {}): Promise<InferencePoint> {
    const { signal, onProgress } = options;
    const args = { prepared: this.handle, options: readPasses(options) };
    return this.engine.call("passes", args, { signal, onProgress });
  }
}
