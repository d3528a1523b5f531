import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { texts } from '../../components/parse';

const SETTINGS = '@jupyterlab/apputils-extension:sanitizer';
const USUAL = ['http', 'https', 'ftp', 'mailto', 'tel'];
const OURS = 'mlops';

interface IHasSchemes {
  setAllowedSchemes(schemes: string[]): void;
}

function hasSchemes(sanitizer: object): sanitizer is IHasSchemes {
  return 'setAllowedSchemes' in sanitizer && typeof sanitizer.setAllowedSchemes === 'function';
}

/**
 * Lets `mlops:` links through JupyterLab's sanitizer, beside those that the user allows. Such a link can
 * do nothing but show a page: `links` reads it, and a browser knows nothing of the scheme.
 */
export async function allowLinks(
  sanitizer: IRenderMime.ISanitizer,
  registry: ISettingRegistry | null
): Promise<void> {
  if (!hasSchemes(sanitizer)) {
    return;
  }
  const allow = (schemes: string[]): void => sanitizer.setAllowedSchemes([...schemes, OURS]);
  allow(USUAL);
  const settings = await registry?.load(SETTINGS).catch(() => null);
  if (settings) {
    const follow = (): void => {
      const chosen = texts(settings.get('allowedSchemes').composite);
      allow(chosen.length > 0 ? chosen : USUAL);
    };
    settings.changed.connect(follow);
    follow();
  }
}
