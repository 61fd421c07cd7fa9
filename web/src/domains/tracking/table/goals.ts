// Which way a metric is better: as declared (then its best value is its least or its greatest), or as its name suggests.

export type Goal = "max" | "min"

const LESS = /(^|[^a-z])(loss|error|err|mse|rmse|mae|mape|perplexity|ppl|wer|cer|fid|latency|time|duration|nll|bpb|divergence|kl)([^a-z]|$)/i
const MORE = /(^|[^a-z])(acc|accuracy|auc|auroc|f1|precision|recall|reward|return|score|bleu|rouge|map|iou|dice|psnr|ssim|r2|throughput|win_rate|top[15])([^a-z]|$)/i

/** Null when nobody can know. */
export function goalByName(key: string): Goal | null {
  if (LESS.test(key)) return "min"
  return MORE.test(key) ? "max" : null
}

interface Summary { min: unknown; max: unknown; best: unknown }

/** The declared goal, from summaries of the metric of several runs. */
export function goalBySummaries(summaries: readonly Summary[]): Goal | null {
  let least = false
  let most = false
  for (const { min, max, best } of summaries) {
    if (best === null || best === undefined || min === max) continue
    if (best === min) least = true
    if (best === max) most = true
  }
  return least === most ? null : least ? "min" : "max"
}

/** 1 when `value` is better than `than`, −1 when it is worse, 0 when neither or when nobody can know. */
export function better(value: number, than: number, goal: Goal | null): number {
  if (goal === null || value === than || Number.isNaN(value) || Number.isNaN(than)) return 0
  return value < than === (goal === "min") ? 1 : -1
}
