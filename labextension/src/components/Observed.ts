/** Something that tells whoever wants to know that it has changed, as React's `useSyncExternalStore` asks for it. */
export class Observed {
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  protected tell(): void {
    this.listeners.forEach(listener => listener());
  }

  private readonly listeners = new Set<() => void>();
}
