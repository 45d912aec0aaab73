export type { ArtefactName, ExportOptions, ProofImages } from "./artefact.ts";
export { architectureOfEncoder, type EncoderToExport } from "./encoder-to-export.ts";
export {
  artefactNames,
  exportEncoder,
  type ExportRequest,
  LIMIT,
  type ProvenArtefact,
  requireEmpty,
} from "./export-encoder.ts";
export { ENCODER } from "./safetensors-artefact.ts";
export type { CardFacts } from "./card-facts.ts";
export { modelCard } from "./model-card.ts";
