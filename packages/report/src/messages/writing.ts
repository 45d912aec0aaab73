// What keeps a report from being written.

export const REPORT_NOT_WRITTEN = "The disk is full: the report could not be written.";

export const notAPng = (bytes: number): Error =>
  new Error(`A picture of the report is not a PNG (${bytes} bytes).`);
