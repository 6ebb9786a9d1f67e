import type { PictureOptions } from "ibmb";
import { download, fileName } from "../components/downloads.ts";
import type { Explorer } from "../stores/explorer.ts";

/** Pixels of an exported picture per pixel of the page. */
export const EXPORT_RATIO = 2;

/** Draws the map in the engine and gives it to the user as a PNG file. */
export async function savePicture(app: Explorer, options: PictureOptions | null): Promise<void> {
  const { graph } = app;
  if (graph === null || options === null) return;
  await app.reports.guard("The picture could not be drawn", async () => {
    const pixels = await graph.handle.picture(options);
    const canvas = document.createElement("canvas");
    canvas.width = options.width;
    canvas.height = options.height;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser does not draw on a canvas");
    context.putImageData(new ImageData(pixels, options.width), 0, 0);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (blob === null)
      throw new Error(`the browser makes no PNG of ${options.width} × ${options.height} pixels`);
    download(`${fileName(graph.handle.name, "batch", String(app.view.batchIndex))}.png`, blob, blob.type);
  });
}
