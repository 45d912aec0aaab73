/** Lets a page's buttons copy the command or config beside them, those that a live page adds later too. */
export function startCopyButtons(): void {
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button.copy") : null;
    if (button !== null) copy(button, button.parentElement!.querySelector("pre")!);
  });
}

function copy(button: Element, source: Element): void {
  const say = (text: string): void => {
    button.textContent = text;
    setTimeout(() => (button.textContent = "Copy"), 1500);
  };
  const select = (): void => {
    // A page opened from disk may not reach the clipboard: the text is then selected for the reader to copy.
    getSelection()?.selectAllChildren(source);
    say("Selected");
  };
  if (!navigator.clipboard) select();
  else navigator.clipboard.writeText(source.textContent).then(() => say("Copied"), select);
}
