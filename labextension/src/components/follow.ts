/** Goes where a link would go: hosts that open places by themselves hear it as a click on one. */
export function follow(href: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
}
