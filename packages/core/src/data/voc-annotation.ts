/**
 * The classes in one annotation of VOC, an XML file: for each class named in it whether some object of it is
 * easy to see, so not marked as difficult. Parts of objects (heads, hands) are no objects.
 *
 * @returns undefined where the text is no annotation.
 *
 * @example
 * ```ts
 * const xml = "<annotation><object><name>dog</name><difficult>1</difficult></object></annotation>";
 * vocObjects(xml)?.get("dog"); // => false
 * ```
 */
export function vocObjects(text: string): ReadonlyMap<string, boolean> | undefined {
  const xml = without(text, /<!--/, "-->");
  if (!/<annotation\b[^>]*>/.test(xml) || !xml.includes("</annotation>")) return undefined;
  const found = insideOf(xml, "object");
  if (found === undefined) return undefined;
  const objects = new Map<string, boolean>();
  for (const object of found) {
    const own = without(object, opening("part"), "</part>");
    const [name = ""] = insideOf(own, "name") ?? [];
    if (name.trim() === "") return undefined;
    const [difficult = "0"] = insideOf(own, "difficult") ?? [];
    const key = withCharacters(name.trim());
    objects.set(key, objects.get(key) === true || difficult.trim() !== "1");
  }
  return objects;
}

/** How an element begins, with whatever attributes. */
const opening = (element: string): RegExp => new RegExp(`<${element}(?:\\s[^>]*)?>`);

/** What stands inside each element of a name; undefined where one does not end. */
function insideOf(xml: string, element: string): readonly string[] | undefined {
  const parts = xml.split(opening(element)).slice(1);
  const ends = parts.map((part) => part.indexOf(`</${element}>`));
  if (ends.includes(-1)) return undefined;
  return parts.map((part, i) => part.slice(0, ends[i]));
}

/** The text without what stands between an opening and its end, which is that of the text where it has none. */
const without = (xml: string, open: RegExp, close: string): string =>
  xml
    .split(open)
    .map((part, i) => {
      if (i === 0) return part;
      const end = part.indexOf(close);
      return end < 0 ? "" : part.slice(end + close.length);
    })
    .join("");

const CHARACTERS: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** The text with the characters that XML has names for. */
const withCharacters = (text: string): string =>
  text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => CHARACTERS[name]!);
