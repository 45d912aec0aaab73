// Notices on what the page of a report is without.

/** A notice. @param reason a sentence. */
export const noPictures = (reason: string): string => `The page has no pictures: ${reason}`;

/** A notice of several lines. @param reason the message of an error. */
export const noViews = (reason: string): string => `The page has no pictures of views. ${reason}`;
