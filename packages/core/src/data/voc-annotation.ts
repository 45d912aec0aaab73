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
export function vocObjects(xml: string): ReadonlyMap<string, boolean> | undefined {
  if (!/<annotation\b[^>]*>/.test(xml) || !xml.includes("</annotation>")) return undefined;
  const objects = new Map<string, boolean>();
  for (const object of between(xml, "<object>", "</object>")) {
    const own = without(object, "<part>", "</part>");
    const [name] = between(own, "<name>", "</name>");
    if (name === undefined || name.trim() === "") return undefined;
    const [difficult = "0"] = between(own, "<difficult>", "</difficult>");
    const key = name.trim();
    objects.set(key, objects.get(key) === true || difficult.trim() !== "1");
  }
  return objects;
}

/** What stands between two tags, each time. */
function between(xml: string, open: string, close: string): readonly string[] {
  return xml
    .split(open)
    .slice(1)
    .flatMap((rest) => {
      const end = rest.indexOf(close);
      return end < 0 ? [] : [rest.slice(0, end)];
    });
}

/** The text without what stands between two tags. */
const without = (xml: string, open: string, close: string): string =>
  xml
    .split(open)
    .map((rest, i) => (i === 0 ? rest : rest.slice(rest.indexOf(close) + close.length)))
    .join("");
