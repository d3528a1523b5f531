/** What the menus of a version have in common. */
import type { IMenuItem } from './Menu';
import type { ITranslate } from './translation';

/** Nothing where there is no place to try it. */
export function tryItems(onTry: (() => void) | undefined, trans: ITranslate): IMenuItem[] {
  return onTry === undefined
    ? []
    : [{ id: 'try', label: trans.__('Try it'), testid: 'mlops-try', choose: onTry }];
}

interface IOnAliases {
  /** A line stands above. */
  first?: boolean;
  onAlias(): void;
  onRemoveAlias(alias: string): void;
}

export function aliasItems(
  aliases: readonly string[],
  { first = false, onAlias, onRemoveAlias }: IOnAliases,
  trans: ITranslate
): IMenuItem[] {
  return [
    { id: 'alias', label: trans.__('Set an alias…'), first, testid: 'mlops-set-alias', choose: onAlias },
    ...aliases.map(alias => ({
      id: `remove ${alias}`,
      label: trans.__('Remove @%1', alias),
      testid: 'mlops-remove-alias',
      choose: () => onRemoveAlias(alias)
    }))
  ];
}
