import { isBatchCount, isFollower, type Naming, namings } from "./weight-names.ts";

/** Which names of a file are which parameters of an encoder. */
export interface Match {
  /** Whose names they are. */
  readonly naming: string;
  /** What stands before each name: "module.encoder_q.". */
  readonly prefix: string;
  /** The name in the file by the parameter's own; parameters that the file lacks are absent. */
  readonly inFile: ReadonlyMap<string, string>;
  /** Names of the file that are no parameter of the encoder. */
  readonly leftOver: readonly string[];
}

/**
 * Finds an encoder's parameters in a file: by every naming that is known and every prefix that the file has,
 * the one by which most of them are there. Of several networks of one file that is the one that learns by
 * gradients, where names tell.
 *
 * @param wanted the encoder's own names, torchvision's for a ResNet.
 */
export function matchWeights(wanted: readonly string[], names: readonly string[]): Match {
  const known = new Set(names);
  const candidates = namings.flatMap((naming, rank) =>
    prefixesOf(wanted, names, naming).map((prefix) => {
      const pairs = wanted.map((name) => [name, prefix + naming.theirs(name)] as const);
      const inFile = new Map(pairs.filter(([, theirs]) => known.has(theirs)));
      return { naming, rank, prefix, inFile };
    }),
  );
  candidates.sort(
    (a, b) =>
      b.inFile.size - a.inFile.size ||
      Number(isFollower(a.prefix)) - Number(isFollower(b.prefix)) ||
      a.rank - b.rank ||
      a.prefix.length - b.prefix.length,
  );
  const [best] = candidates;
  const inFile = best?.inFile ?? new Map<string, string>();
  const taken = new Set(inFile.values());
  const counted = new Set([...taken].map((name) => name.replace(/[^.]+$/, "")));
  const isCount = (name: string) => isBatchCount(name) && counted.has(name.replace(/[^.]+$/, ""));
  return {
    naming: best?.naming.of ?? namings[0]!.of,
    prefix: best?.prefix ?? "",
    inFile,
    leftOver: names.filter((name) => !taken.has(name) && !isCount(name)),
  };
}

/**
 * The parameters that are looked for to find out what stands before all names; one of them may be missing.
 */
const ANCHORS = 2;

function prefixesOf(
  wanted: readonly string[],
  names: readonly string[],
  { theirs }: Naming,
): readonly string[] {
  const found = wanted.slice(0, ANCHORS).flatMap((name) => {
    const anchor = theirs(name);
    return names
      .filter((each) => each.endsWith(anchor))
      .map((each) => each.slice(0, each.length - anchor.length))
      .filter((prefix) => prefix === "" || prefix.endsWith("."));
  });
  return [...new Set(found)];
}
