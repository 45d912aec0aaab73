/** The class of an image: its number, or its name. */
export type ClassValue = number | string;

/** The members that can say a class, those first that say it for certain. */
export const LABEL_SOURCES = ["cls", "json", "txt"] as const;
export type LabelSource = (typeof LABEL_SOURCES)[number];

/** A member of a shard that may say the class of an image. */
export interface LabelMember {
  /** Its name in the shard. */
  readonly name: string;
  /** Its name without ".cls": that of its image without ".jpg". */
  readonly stem: string;
  readonly source: LabelSource;
  /** Null where the text is none: a caption. */
  readonly value: ClassValue | null;
}

const LABEL_NAME = /^(.*?[^/])\.(?:cls(?:\.txt)?|(json|txt))$/is;

/** Longest name of a class, in characters. */
const LONGEST_CLASS = 100;

/** A number that is none of a class: -1, 0.5, 1e3. */
const OTHER_NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Keys of a JSON object that say the class, the first that is there. */
const JSON_KEYS = ["label", "cls", "class"] as const;

/** What a member's name says: stem and source of a label; undefined for any other. */
export function labelName(name: string): Pick<LabelMember, "stem" | "source"> | undefined {
  const [, stem, other] = LABEL_NAME.exec(name) ?? [];
  if (stem === undefined) return undefined;
  return { stem, source: (other?.toLowerCase() ?? "cls") as LabelSource };
}

/**
 * The class that a text says: a whole number, or a name on one line.
 *
 * @returns undefined for what is neither: nothing, several lines, a number such as -1 or 0.5.
 *
 * @example
 * ```ts
 * classIn("7\n"); // => 7
 * classIn(" golden retriever "); // => "golden retriever"
 * classIn("-1"); // => undefined
 * ```
 */
export function classIn(text: string): ClassValue | undefined {
  const written = text.replace(/^\ufeff/, "").trim();
  if (/^\d{1,15}$/.test(written)) return Number(written);
  // eslint-disable-next-line no-control-regex -- a name has none of them
  const isName = written !== "" && !OTHER_NUMBER.test(written) && !/[\x00-\x1f\x7f\ufffd]/.test(written);
  return isName && written.length <= LONGEST_CLASS ? written.normalize("NFC") : undefined;
}

/** What a member says of a class: a value, nothing (undefined), or what cannot be a class. */
export type SaidLabel = { readonly value: ClassValue | null } | { readonly wrong: string } | undefined;

/**
 * The class in a JSON object: the value of `label`, `cls` or `class`. Lists and objects say no class. A text
 * that is no name of a class is null.
 */
export function classInJson(text: string): SaidLabel {
  const fields = fieldsOf(text);
  const said = JSON_KEYS.flatMap((key) => {
    const value = fields?.[key];
    const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return isPlain ? [{ key, value }] : [];
  });
  const [first] = said;
  if (first === undefined) return undefined;
  const value = typeof first.value === "boolean" ? undefined : classIn(String(first.value));
  if (value === undefined) {
    const isText = typeof first.value === "string" && !OTHER_NUMBER.test(first.value.trim());
    return isText ? { value: null } : { wrong: `${first.key}: ${JSON.stringify(first.value)}` };
  }
  if (typeof value === "string") return { value };
  const other = said.find((each) => {
    const number = typeof each.value === "string" ? classIn(each.value) : each.value;
    return typeof number === "number" && number !== value;
  });
  if (other === undefined) return { value };
  return { wrong: `${first.key}: ${value}, ${other.key}: ${JSON.stringify(other.value)}` };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    return typeof content === "object" && content !== null ? (content as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
