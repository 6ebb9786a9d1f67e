/** Entry point of a worker. */
import { serve } from "./worker/serve.js";

serve();
