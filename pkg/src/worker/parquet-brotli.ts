/** Brotli for Parquet, with its dictionary of words. Loaded with the first table that is packed with it. */
export { decompressBrotli } from "hyparquet-compressors";
