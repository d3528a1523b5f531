/** What the registry's view asks about one model, by the names of Python's table of views. */
import { readDetails, readHistory, readLineage, readMonitored, readVersionComparison } from './answers';
import type {
  IHistory,
  ILineage,
  IModelsHost,
  IMonitored,
  IVersionComparison,
  IVersionDetails
} from './types';

export async function askVersion(host: IModelsHost, name: string, version: string): Promise<IVersionDetails> {
  return readDetails(await host.ask('model_version', { name, version }));
}

export async function askComparison(
  host: IModelsHost,
  name: string,
  versions: string[]
): Promise<IVersionComparison> {
  return readVersionComparison(await host.ask('compare_versions', { name, versions }));
}

export async function askHistory(host: IModelsHost, name: string): Promise<IHistory> {
  return readHistory(await host.ask('model_history', { name }));
}

export async function askLineage(host: IModelsHost, name: string, version: string): Promise<ILineage> {
  return readLineage(await host.ask('lineage', { name, version }));
}

/** Null where nothing was logged. */
export async function askMonitoring(
  host: IModelsHost,
  name: string,
  version: string,
  days: number
): Promise<{ monitored: IMonitored | null }> {
  return { monitored: readMonitored(await host.ask('monitoring', { name, version, days })) };
}
