/**
 * The attribute of a batch norm whose statistics are those of all replicas' rows. TensorFlow has no such op:
 * it lets attributes pass whose names begin with a line.
 */
export const OVER_REPLICAS = "_over_replicas";
