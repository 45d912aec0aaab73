/** The bytes that an element of the page holds in base64. */
export function embeddedBytes(id: string): ArrayBuffer {
  const text = atob(document.getElementById(id)!.textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}
