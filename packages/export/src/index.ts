export type { ArtefactName, EmbeddedModel, EncoderPage, ExportOptions, ProofImages } from "./artefact.ts";
export { architectureOfEncoder, type EncoderToExport } from "./encoder-to-export.ts";
export {
  artefactNames,
  exportEncoder,
  type ExportRequest,
  type ProvenArtefact,
  requireEmpty,
} from "./export-encoder.ts";
export { ENCODER } from "./safetensors-artefact.ts";
export type { CardFacts } from "./card-facts.ts";
export { encoderSentence, modelCard } from "./model-card.ts";
export { pageImageSize } from "./page-artefact.ts";
export { pushFolder, type PushOptions } from "./push-folder.ts";
export { batchThatFits } from "./embed/batch-that-fits.ts";
export { computeRows, type ComputeRowsOptions, type RowExtractor } from "./embed/compute-rows.ts";
export { type DuplicateGroup, nearDuplicates, type Outlier, outliers } from "./embed/curation.ts";
export { nearestOthers } from "./embed/nearest-others.ts";
export { rowsAt } from "./embed/rows-at.ts";
export { openRows, type RowsFile } from "./embed/rows-file.ts";
export { csvBeside, type EmbeddedImages, writeEmbeddings } from "./embed/write-embeddings.ts";
