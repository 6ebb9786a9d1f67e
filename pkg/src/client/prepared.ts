/** A way of inference that is prepared in the worker, for any number of passes. */

import { IbmbError } from "../contract/errors.js";
import type { Opened, Passes, PreparedInfo } from "../contract/protocol.js";
import type { InferencePoint, PassOptions, PreparedHandle } from "../contract/types.js";
import type { Engine } from "./engine.js";
import { Remote } from "./remote.js";

const DEFAULT_REPEATS = 5;
/** The first runs of a kernel are compiled in haste and several times slower. */
const DEFAULT_WARM_UPS = 2;
const MOST = 1000;

/**
 * The numbers of passes, with the defaults where nothing is said.
 *
 * @throws {IbmbError} `invalid_option` for what is not a whole number in range.
 */
export function readPasses({ repeats = DEFAULT_REPEATS, warmUps = DEFAULT_WARM_UPS }: PassOptions): Passes {
  for (const [name, value, least] of [
    ["repeats", repeats, 1],
    ["warmUps", warmUps, 0],
  ] as const) {
    if (!Number.isInteger(value) || value < least || value > MOST) {
      throw new IbmbError(
        "invalid_option",
        `${name}: ${value} is not a whole number from ${least} to ${MOST}`,
        { name },
      );
    }
  }
  return { repeats, warmUps };
}

/** A prepared way of inference in the worker. */
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
