/** What a worker runs. */
import { serve } from "./worker/serve.js";

serve();
