// What several checks advise where numbers are not finite.

export const LOOK_FOR_ZEROS = "Look for a division by 0, and for a root or a logarithm of 0.";
