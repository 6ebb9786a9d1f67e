/** Fingerprints of all results in this engine; the story compares them with those of Node. */
import { createClient } from "ibmb";
import { digests } from "../../../pkg/tests/digests.mjs";
import sample from "../../public/samples/cora.safetensors?url";

const bytes = new Uint8Array(await (await fetch(sample)).arrayBuffer());
document.title = JSON.stringify(await digests(createClient, bytes));
