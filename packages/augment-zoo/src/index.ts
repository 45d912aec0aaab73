export { hasPassword, isAddress, isWithoutSecrets, schemeOf, withoutSecrets } from "./address.ts";
export { type BandImage, bandPicture } from "./bands/band-image.ts";
export { replayBands } from "./bands/replay-bands.ts";
export type { AppliedOperation } from "./applied.ts";
export { replay, replayInto } from "./replay.ts";
export { applyRecipe, sampleRecipe } from "./apply-recipe.ts";
export { checkApplied } from "./check-applied.ts";
export { checkRecipe } from "./check-recipe.ts";
export { decodeImage, type DecodeOptions, decodeToBands } from "./decode.ts";
export { type Depth, type ImageDecoding, type PixelFormat, pixelFormat } from "./pixel-format.ts";
export { unsuitable, withoutColour } from "./unsuitable.ts";
export { ImageError, LoaderError, RecipeError } from "./errors.ts";
export { describeRemote, readRange, readRemoteText, type RemoteFile } from "./http-range.ts";
export { type Box, type Image, type Size, sizeOfView, type ViewSize } from "./image.ts";
export { type FileHead, type ImageHeader, readHead, readHeader } from "./image-header.ts";
export { type FilePart, type ImageFile, imageFileName, readFilePart } from "./image-file.ts";
export { blockOtherDecoders } from "./decoding/block-other-decoders.ts";
export type { DecodeMode } from "./loader/task.ts";
export type { ViewKey } from "./loader/view-key.ts";
export type { LevelRange } from "./decoding/levels.ts";
export type { CorruptFile } from "./loader/corrupt-files.ts";
export {
  type CacheUse,
  createViewLoader,
  type LoadedView,
  type LoaderTimings,
  type NarrowImage,
  type ViewBatch,
  type ViewLoader,
  type ViewLoaderOptions,
} from "./loader/view-loader.ts";
export { type ExplainedView, viewOf } from "./loader/view-of.ts";
export { type ChannelStatistics, normalize } from "./normalize.ts";
export type { ResampleFilter } from "./operations/resized-crop.ts";
export { type Random, randomStream } from "./random.ts";
export type { Operation, Range, Recipe } from "./recipe.ts";
export { byolView, type ByolViewOptions } from "./recipes/byol.ts";
export { clsaStrongView } from "./recipes/clsa.ts";
export { cpcView, type CpcViewOptions } from "./recipes/cpc.ts";
export { beforeCrop, evaluationView, stretchedView } from "./recipes/evaluation.ts";
export { infominJigsawView, infominView, pirlView } from "./recipes/infomin.ts";
export { instdiscView, type InstdiscViewOptions } from "./recipes/instdisc.ts";
export type { CropOptions } from "./recipes/lines.ts";
export { mocoV1View, mocoV2View } from "./recipes/moco.ts";
export { type RecipeOrigin, recipeOrigin } from "./recipes/origin.ts";
export { simclrView, type SimclrViewOptions } from "./recipes/simclr.ts";
export { stronger, type StrongerOptions } from "./recipes/stronger.ts";
export { supconView, supervisedView } from "./recipes/supervised.ts";
export { swavView, type SwavViewOptions, swavViews, type SwavViewsOptions } from "./recipes/swav.ts";
export type { PatchGrid } from "./sampling/patches.ts";
export { type StrongPool, strongPools } from "./sampling/random-strong.ts";
export { viewPicture } from "./view-picture.ts";
export { patchGridOf, viewShape, type ViewShape } from "./view-shape.ts";
export { onOneLine, visibleText, withVisibleValues } from "./visible-text.ts";
export { withSize } from "./with-size.ts";
