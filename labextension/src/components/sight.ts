/** Whether somebody may see a part of the page: its window is in front, and no tab or panel hides it. */
export function isInSight(part: Element | null): boolean {
  return document.visibilityState === 'visible' && part !== null && part.getClientRects().length > 0;
}
