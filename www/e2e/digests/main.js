/** Fingerprints of all results in this engine; the story compares them with those on record. */
import { createClient } from "ibmb";
import { golden } from "../../../pkg/tests/golden.mjs";
import sample from "../../public/samples/cora.safetensors?url";

const bytes = new Uint8Array(await (await fetch(sample)).arrayBuffer());
document.title = JSON.stringify(await golden(createClient, bytes));
