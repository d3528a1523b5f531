/** Puts a text into the clipboard; a page that came without encryption from another machine has only the old way. */
export async function copyText(text: string): Promise<void> {
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard !== undefined) {
    return clipboard.writeText(text);
  }
  const place = document.createElement('textarea');
  place.value = text;
  place.style.position = 'fixed';
  place.style.opacity = '0';
  document.body.append(place);
  place.select();
  document.execCommand('copy');
  place.remove();
}
